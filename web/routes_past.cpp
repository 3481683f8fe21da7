// Alerts that are over, and what happened to a host.
#include "core/json_text.hpp"
#include "web/named_host.hpp"
#include "web/people_json.hpp"
#include "web/problem.hpp"
#include "web/query_number.hpp"
#include "web/routes.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <limits>

#include <fmt/format.h>

namespace atlas::web::routes {

namespace {

constexpr std::int64_t usual_rows = 100;
constexpr std::int64_t most_rows = 1000;
constexpr milliseconds usual_span = std::chrono::hours(1);

response bad_parameter(const error& what) { return problem(400, what.where + " " + what.what, what.where); }

void append_member(std::string& out, std::string_view name, std::int64_t value) {
  out += name;
  append_json_integer(out, value);
}

// As an alert, and how it ended.
void append_incident(std::string& out, const incident& one) {
  alert shown{one.key, one.severity};
  shown.value = one.value;
  shown.threshold = one.threshold;
  shown.since = one.fired;
  shown.flapping = one.flapping;
  out += format_alert(shown);
  out.back() = ',';
  append_member(out, R"("resolved":)", to_int(one.resolved.value_or(one.fired)));
  out += R"(,"worst":)";
  append_json_number(out, one.worst);
  if (!one.acknowledged_by.empty()) {
    out += R"(,"acknowledged_by":)";
    append_json_string(out, one.acknowledged_by);
    append_member(out, R"(,"acknowledged_at":)", to_int(one.acknowledged_at));
  }
  out += '}';
}

// A short form for charts; `until` is null while it is raised.
void append_span(std::string& out, const incident& one) {
  out += R"({"id":)";
  append_json_string(out, one.key.id());
  out += R"(,"rule":)";
  append_json_string(out, to_string(one.key.rule));
  out += R"(,"instance":)";
  append_json_string(out, one.key.instance);
  out += R"(,"severity":)";
  append_json_string(out, to_string(one.severity));
  append_member(out, R"(,"from":)", to_int(one.fired));
  if (one.resolved) {
    append_member(out, R"(,"until":)", to_int(*one.resolved));
    out += '}';
  } else {
    out += R"(,"until":null})";
  }
}

void append_presence(std::string& out, unix_ms at, host_presence presence) {
  append_member(out, out.ends_with('[') ? "[" : ",[", to_int(at));
  out += ',';
  append_json_string(out, to_string(presence));
  out += ']';
}

std::string describe(const host_id& host, unix_ms from, const host_past& past) {
  std::string body = R"({"host":)";
  append_json_string(body, host.text());
  body += R"(,"presence":[)";
  append_presence(body, from, past.before);
  for (const auto& [at, presence] : past.presence) {
    append_presence(body, at, presence);
  }
  body += R"(],"restarts":[)";
  for (const auto at : past.restarts) {
    append_member(body, body.ends_with('[') ? "" : ",", to_int(at));
  }
  body += R"(],"alerts":[)";
  for (const auto& one : past.alerts) {
    body += body.ends_with('[') ? "" : ",";
    append_span(body, one);
  }
  body += "]}";
  return body;
}

// A host's id, or a pattern of ids.
bool is_host_pattern(std::string_view text) {
  return !text.empty() && text.size() <= host_id::max_size &&
         std::ranges::all_of(text, [](unsigned char letter) {
           return std::isalnum(letter) != 0 ||
                  std::string_view("._-*").find(static_cast<char>(letter)) != std::string_view::npos;
         });
}

result<incident_query> parse_query(const request& asked) {
  incident_query query;
  const auto from = whole_number(asked, "from", 0, 0, latest_time);
  const auto to = whole_number(asked, "to", latest_time, 0, latest_time);
  const auto before = whole_number(asked, "before", query.before, 1, query.before);
  const auto limit = whole_number(asked, "limit", usual_rows, 1, most_rows);
  for (const auto* each : {&from, &to, &before, &limit}) {
    if (!*each) {
      return tl::unexpected(each->error());
    }
  }
  query.from = from_unix_ms(*from);
  query.to = from_unix_ms(*to);
  query.before = *before;
  query.limit = static_cast<std::size_t>(*limit);
  if (const auto host = asked.query().find("host")) {
    if (!is_host_pattern(*host)) {
      return failure("host", "must be a host's id, in which * stands for anything");
    }
    query.host = *host;
  }
  if (const auto rule = asked.query().find("rule")) {
    query.rule = parse_alert_rule(*rule);
    if (!query.rule) {
      return failure("rule", fmt::format("must be one of {}", alert_rule_names()));
    }
  }
  return query;
}

// One row more than a page shows that there is another page.
response page(const result<std::vector<incident>>& found, std::size_t limit) {
  if (!found) {
    return store_trouble(found.error());
  }
  auto rows = *found;
  const bool has_more = rows.size() > limit;
  if (has_more) {
    rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(limit), rows.end());
  }
  auto body = open_list("alerts", rows, append_incident);
  body += R"(,"next":)";
  body += has_more ? std::to_string(rows.back().number) : "null";
  body += '}';
  return json_response(std::move(body));
}

}  // namespace

void past_alerts(site& where, const request& asked, const respond& reply) {
  auto query = parse_query(asked);
  if (!query) {
    return reply(bad_parameter(query.error()));
  }
  const auto limit = query->limit++;
  where.alerts.list_incidents(*std::move(query), [reply, limit](const result<std::vector<incident>>& found) {
    reply(page(found, limit));
  });
}

void host_events(site& where, const request& asked, const respond& reply) {
  const auto* found = find_host(where, asked, reply);
  if (found == nullptr) {
    return;
  }
  const auto now = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  const auto to = whole_number(asked, "to", to_int(now), 0, latest_time);
  if (!to) {
    return reply(bad_parameter(to.error()));
  }
  const auto from =
      whole_number(asked, "from", std::max(std::int64_t{0}, *to - usual_span.count()), 0, latest_time);
  if (!from) {
    return reply(bad_parameter(from.error()));
  }
  if (*from > *to) {
    return reply(bad_parameter({"from", "must not be after `to`"}));
  }
  const auto since = from_unix_ms(*from);
  where.alerts.read_past(
      found->id, since, from_unix_ms(*to), [reply, host = found->id, since](const result<host_past>& past) {
        reply(past ? json_response(describe(host, since, *past)) : store_trouble(past.error()));
      });
}

}  // namespace atlas::web::routes
