#include "web/dry_run_json.hpp"

#include "core/json_object.hpp"

#include <fmt/format.h>

namespace atlas::web {

namespace {

constexpr std::size_t longest_pattern = 128;
constexpr std::uint64_t most_days = 730;
constexpr std::uint64_t longest_hold = 24 * 60 * 60;

}  // namespace

result<dry_run_question> parse_dry_run(std::string_view text, std::size_t max_bytes) {
  json_object body(text, max_bytes);
  body.require("rule");
  dry_run_question asked;
  const auto rule = parse_alert_rule(body.text("rule", longest_pattern));
  if (rule) {
    asked.rule = *rule;
  } else {
    body.add_mistake("rule", fmt::format("must be one of {}", alert_rule_names()));
  }
  asked.host = body.text("host", longest_pattern);
  if (body.has("days")) {
    const auto days = body.whole("days");
    if (days < 1 || days > most_days) {
      body.add_mistake("days", fmt::format("must be a whole number from 1 to {}", most_days));
    }
    asked.days = static_cast<std::uint32_t>(days);
  }
  for (const auto& [name, place] :
       {std::pair{"warning", &rule_change::warning}, std::pair{"critical", &rule_change::critical}}) {
    if (body.has(name)) {
      asked.change.*place = std::optional<double>(body.number(name));
    } else if (body.is_null(name)) {
      asked.change.*place = std::optional<double>();
    }
  }
  if (body.has("margin")) {
    asked.change.margin = body.number("margin");
    if (*asked.change.margin < 0) {
      body.add_mistake("margin", "must not be negative");
    }
  }
  if (body.has("hold_seconds")) {
    const auto seconds = body.whole("hold_seconds");
    if (seconds > longest_hold) {
      body.add_mistake("hold_seconds", fmt::format("must be a whole number from 0 to {}", longest_hold));
    }
    asked.change.hold = std::chrono::seconds(seconds);
  }
  asked.change.enabled = true;
  if (body.mistake()) {
    return tl::unexpected(*body.mistake());
  }
  return asked;
}

}  // namespace atlas::web
