#include "core/guard_report.hpp"

#include "core/json_object.hpp"
#include "core/json_text.hpp"

namespace atlas {

namespace {

constexpr std::size_t max_report_bytes = 1024;

struct member {
  std::string_view name;
  std::uint64_t guard_report::* value;
};
constexpr member members[] = {{"connections", &guard_report::connections},
                              {"messages", &guard_report::messages},
                              {"messages_dropped", &guard_report::messages_dropped},
                              {"bytes_dropped", &guard_report::bytes_dropped},
                              {"writes_refused", &guard_report::writes_refused},
                              {"subscriptions_refused", &guard_report::subscriptions_refused},
                              {"connections_refused", &guard_report::connections_refused}};

}  // namespace

result<guard_report> parse_guard_report(std::string_view payload) {
  json_object object(payload, max_report_bytes);
  guard_report report;
  for (const auto& [name, value] : members) {
    object.require(name);
    report.*value = object.whole(name);
  }
  if (object.mistake()) {
    return tl::unexpected(*object.mistake());
  }
  return report;
}

std::string format_guard_report(const guard_report& value) {
  std::string out = R"({"v":1)";
  for (const auto& one : members) {
    out += ',';
    append_json_string(out, one.name);
    out += ':';
    append_json_integer(out, value.*(one.value));
  }
  out += '}';
  return out;
}

}  // namespace atlas
