// Who did what, when, from where.
#include "core/json_text.hpp"
#include "web/people_json.hpp"
#include "web/problem.hpp"
#include "web/routes.hpp"

#include <charconv>

namespace atlas::web::routes {

namespace {

constexpr std::int64_t usual_rows = 100;
constexpr std::int64_t most_rows = 1000;

// A whole number of 1 or more, or nothing.
std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || value < 1) {
    return std::nullopt;
  }
  return value;
}

void append_row(std::string& out, const audit_row& one) {
  out += R"({"id":)";
  append_json_integer(out, one.id);
  out += R"(,"at":)";
  append_json_integer(out, to_int(one.at));
  out += R"(,"who":)";
  append_json_string(out, one.by.name);
  out += R"(,"from":)";
  append_json_string(out, one.by.address);
  out += R"(,"action":)";
  append_json_string(out, one.action);
  out += R"(,"object":)";
  append_json_string(out, one.object);
  out += R"(,"outcome":)";
  append_json_string(out, one.outcome);
  out += '}';
}

// One row more than a page shows that there is another page.
response page(const result<std::vector<audit_row>>& found, std::size_t limit) {
  if (!found) {
    return store_trouble(found.error());
  }
  auto rows = *found;
  const bool has_more = rows.size() > limit;
  if (has_more) {
    rows.resize(limit);
  }
  auto body = open_list("audit", rows, append_row);
  body += R"(,"next":)";
  if (has_more) {
    append_json_integer(body, rows.back().id);
  } else {
    body += "null";
  }
  body += '}';
  return json_response(std::move(body));
}

}  // namespace

void audit(site& where, const request& asked, const respond& reply) {
  std::optional<std::int64_t> before;
  std::int64_t limit = usual_rows;
  if (const auto text = asked.query().find("before")) {
    before = parse_number(*text);
    if (!before) {
      return reply(problem(400, "before must be the next of another page", "before"));
    }
  }
  if (const auto text = asked.query().find("limit")) {
    const auto number = parse_number(*text);
    if (!number || *number > most_rows) {
      return reply(problem(400, "limit must be a whole number from 1 to 1000", "limit"));
    }
    limit = *number;
  }
  const auto rows = static_cast<std::size_t>(limit);
  where.staff.list_audit(before, rows + 1, [reply, rows](const result<std::vector<audit_row>>& found) {
    reply(page(found, rows));
  });
}

}  // namespace atlas::web::routes
