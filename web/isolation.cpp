#include "web/isolation.hpp"

#include "core/json_text.hpp"

#include <algorithm>

namespace atlas::web {

std::size_t isolation_report::breaches() const {
  return static_cast<std::size_t>(
      std::count_if(attempts.begin(), attempts.end(), [](const auto& one) { return !one.refused; }));
}

std::string_view to_string(isolation_state state) {
  switch (state) {
    case isolation_state::off: return "off";
    case isolation_state::unknown: return "unknown";
    case isolation_state::passed: return "passed";
    case isolation_state::failed: return "failed";
  }
  return "";
}

void append_isolation(std::string& out, const isolation_report& report) {
  out += R"({"state":)";
  append_json_string(out, to_string(report.state));
  out += R"(,"interval":)";
  append_json_integer(out, std::uint64_t{report.interval});
  out += R"(,"last_tried":)";
  append_json_time(out, report.tried);
  out += R"(,"last_passed":)";
  append_json_time(out, report.passed);
  out += R"(,"detail":)";
  append_json_string(out, report.trouble);
  out += R"(,"attempts":[)";
  for (const auto& attempt : report.attempts) {
    out += out.back() == '[' ? R"({"name":)" : R"(,{"name":)";
    append_json_string(out, attempt.name);
    out += R"(,"aim":)";
    append_json_string(out, attempt.aim);
    out += attempt.refused ? R"(,"refused":true})" : R"(,"refused":false})";
  }
  out += "]}";
}

}  // namespace atlas::web
