#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace atlas {

// What an alert watches; the order is that of lists. Instances: a mount for disk and disk_full, a sensor for
// temperature, an interface for traffic; the others have none.
//   load       the 1-minute load for each core
//   disk_full  in how many hours the trend fills the disk
//   battery    how full it is while it does not charge
//   traffic    received or sent, whichever is more, in bytes per second
//   offline    seconds since the host was heard of
//   duplicate  two machines report under one host's name
//   isolation  the broker let a user do what none may: of the organisation, not of a host
enum class alert_rule {
  cpu,
  memory,
  swap,
  load,
  disk,
  disk_full,
  temperature,
  battery,
  traffic,
  offline,
  duplicate,
  isolation
};
inline constexpr std::array all_alert_rules{
    alert_rule::cpu,     alert_rule::memory,    alert_rule::swap,        alert_rule::load,
    alert_rule::disk,    alert_rule::disk_full, alert_rule::temperature, alert_rule::battery,
    alert_rule::traffic, alert_rule::offline,   alert_rule::duplicate,   alert_rule::isolation};

enum class alert_severity { warning, critical };
inline constexpr std::array all_severities{alert_severity::warning, alert_severity::critical};

std::string_view to_string(alert_rule rule);
std::string_view to_string(alert_severity severity);
std::optional<alert_rule> parse_alert_rule(std::string_view text);
std::optional<alert_severity> parse_alert_severity(std::string_view text);
// "cpu, memory, …": for messages.
std::string_view alert_rule_names();

// Whether an alert of this rule is of one mount, sensor or interface.
bool has_instance(alert_rule rule);
// Whether it fires at low values instead of high ones.
bool fires_below(alert_rule rule);
// Whether it follows from what samples say.
bool is_of_samples(alert_rule rule);

}  // namespace atlas
