#pragma once

#include "core/error.hpp"
#include "core/host_id.hpp"
#include "core/unix_time.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace atlas {

// A threshold with hysteresis: it fires once the value has been at or above `raise_at` for `hold`, and
// resolves once the value is below `clear_below`.
struct threshold {
  double raise_at = 90;
  double clear_below = 85;
  milliseconds hold{0};
};

enum class alert_phase { ok, pending, firing };
enum class alert_change { none, fired, resolved };

struct alert_state {
  alert_phase phase = alert_phase::ok;
  unix_ms since{};  // when the phase began; for pending: when the value first reached raise_at
  friend bool operator==(const alert_state&, const alert_state&) = default;
};

struct alert_step {
  alert_state state;
  alert_change change = alert_change::none;
};

// One step of the alert machine: pure, total, and independent of how samples were batched.
alert_step advance(alert_state state, const threshold& rule, double value, unix_ms at);

//   duplicate  two machines report under one host's name
//   isolation  the broker let a user do what none may: of the organisation, not of a host
enum class alert_rule { cpu, memory, disk, offline, duplicate, isolation };
inline constexpr std::array all_alert_rules{alert_rule::cpu,       alert_rule::memory,
                                            alert_rule::disk,      alert_rule::offline,
                                            alert_rule::duplicate, alert_rule::isolation};
enum class alert_severity { warning, critical };

std::string_view to_string(alert_rule rule);
std::string_view to_string(alert_phase phase);
std::string_view to_string(alert_severity severity);

// Critical where a person must act before the host, or the whole, is of use again; a busy CPU or memory is a
// warning.
alert_severity severity_of(alert_rule rule);

// What stands for the host in an alert of the whole organisation: "_".
const host_id& organisation_host();

// Which alert: unique within an organisation.
struct alert_key {
  host_id host;
  alert_rule rule;
  std::string instance;  // the mount for disk, else empty

  // The last level of the alert's topic: "cpu", or "disk:%2Fhome" with the instance percent-encoded (RFC
  // 3986).
  std::string topic_level() const;
  // The reverse of topic_level().
  static result<alert_key> parse(const host_id& host, std::string_view topic_level);
  // "<host>:<topic level>": the alert's `id` in the HTTP API.
  std::string id() const;
  friend bool operator==(const alert_key&, const alert_key&) = default;
};

// The present state of an alert, as the API, the live feed and the retained alert topic show it.
struct alert {
  alert_key key;
  alert_severity severity = alert_severity::critical;
  alert_phase phase = alert_phase::ok;
  double value = 0;      // the value at the newest step
  double threshold = 0;  // raise_at; for offline: seconds, for duplicate and isolation: a number
  unix_ms since{};
};

// {"id","host","rule","instance","severity","state","value","threshold","since"}; state is "firing" or
// "resolved"
// ("pending" is not published).
std::string format_alert(const alert& value);
// Reads format_alert()'s JSON back, at most 4 KiB: how ingest finds its own retained alerts after a restart.
result<alert> parse_alert(std::string_view payload);

}  // namespace atlas
