#include "core/json_text.hpp"
#include "web/named_host.hpp"
#include "web/problem.hpp"
#include "web/query_number.hpp"
#include "web/routes.hpp"

#include <chrono>
#include <iterator>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace atlas::web::routes {

namespace {

constexpr std::int64_t default_points = 240;
constexpr std::int64_t most_points = 5000;
constexpr std::size_t longest_metric = 512;
constexpr milliseconds default_span = std::chrono::hours(1);

result<history_query> parse_history(const host_id& host, const request& asked) {
  const auto metric = asked.query().find("metric");
  if (!metric || metric->empty() || metric->size() > longest_metric) {
    return failure("metric", "must name a metric of this host, such as cpu.percent");
  }
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto to =
      whole_number(asked, "to", std::chrono::duration_cast<milliseconds>(now).count(), 0, latest_time);
  if (!to) {
    return tl::unexpected(to.error());
  }
  const auto from =
      whole_number(asked, "from", std::max(std::int64_t{0}, *to - default_span.count()), 0, latest_time);
  if (!from) {
    return tl::unexpected(from.error());
  }
  if (*from > *to) {
    return failure("from", "must not be after `to`");
  }
  const auto points = whole_number(asked, "points", default_points, 1, most_points);
  if (!points) {
    return tl::unexpected(points.error());
  }
  return history_query{host, std::string(*metric), from_unix_ms(*from), from_unix_ms(*to),
                       static_cast<std::size_t>(*points)};
}

std::string describe(const history_query& query, const std::vector<history_point>& points) {
  std::string body = R"({"host":)";
  append_json_string(body, query.host.text());
  body += R"(,"metric":)";
  append_json_string(body, query.metric);
  body += R"(,"points":[)";
  for (const auto& point : points) {
    body += body.back() == '[' ? "[" : ",[";
    append_json_integer(body, to_int(point.ts));
    for (const double value : {point.min, point.mean, point.max}) {
      body += ',';
      append_json_number(body, value);
    }
    body += ']';
  }
  body += "]}";
  return body;
}

// RFC 4180: the time as ISO 8601 and in ms, then the numbers.
std::string as_csv(const std::vector<history_point>& points) {
  std::string body = "time,ts,min,mean,max\r\n";
  for (const auto& point : points) {
    const auto second = std::chrono::floor<std::chrono::seconds>(point.ts);
    fmt::format_to(std::back_inserter(body), "{:%Y-%m-%dT%H:%M:%S}.{:03}Z,{}",
                   fmt::gmtime(std::chrono::system_clock::to_time_t(second)), (point.ts - second).count(),
                   to_int(point.ts));
    for (const double value : {point.min, point.mean, point.max}) {
      body += ',';
      append_json_number(body, value);
    }
    body += "\r\n";
  }
  return body;
}

response csv_response(const history_query& query, const std::vector<history_point>& points) {
  response made;
  made.content_type = "text/csv; charset=utf-8; header=present";
  // The metric's name may hold anything; the host's is safe in a file name.
  made.headers.emplace_back("Content-Disposition",
                            fmt::format("attachment; filename=\"{}.csv\"", query.host.text()));
  made.text = as_csv(points);
  return made;
}

enum class format { json, csv };

result<format> wanted_format(const request& asked) {
  const auto named = asked.query().find("format");
  if (!named || *named == "json") {
    return format::json;
  }
  if (*named == "csv") {
    return format::csv;
  }
  return failure("format", "must be json or csv");
}

}  // namespace

void host_history(site& where, const request& asked, const respond& reply) {
  const auto* found = find_host(where, asked, reply);
  if (found == nullptr) {
    return;
  }
  const auto query = parse_history(found->id, asked);
  if (!query) {
    return reply(problem(400, query.error().where + " " + query.error().what, query.error().where));
  }
  const auto shape = wanted_format(asked);
  if (!shape) {
    return reply(problem(400, shape.error().where + " " + shape.error().what, shape.error().where));
  }
  where.samples.query(*query,
                      [reply, query = *query, shape = *shape](result<std::vector<history_point>> points) {
                        if (!points) {
                          return reply(problem(503, "the history could not be read: " + points.error().what));
                        }
                        switch (shape) {
                          case format::json: return reply(json_response(describe(query, *points)));
                          case format::csv: return reply(csv_response(query, *points));
                        }
                      });
}

}  // namespace atlas::web::routes
