#pragma once

#include "core/alert_rule.hpp"
#include "core/flapping.hpp"
#include "core/unix_time.hpp"

#include <algorithm>
#include <limits>
#include <string_view>

namespace atlas {

// What an alert compares a value with. It is raised once the value has been at or above a level for `hold`,
// and over once the value is more than `margin` below the lower level. A level of infinity is never reached.
struct alert_levels {
  double warning = std::numeric_limits<double>::infinity();
  double critical = std::numeric_limits<double>::infinity();
  double margin = 0;
  milliseconds hold{0};

  double lowest() const { return std::min(warning, critical); }
  friend bool operator==(const alert_levels&, const alert_levels&) = default;
};

struct alert_timing {
  milliseconds gap{300'000};       // between two values, beyond which nobody knows what was in between
  milliseconds window{3'600'000};  // three changes within it are flapping
  milliseconds calm{1'800'000};    // a flapping alert is over when the value was low for so long
  friend bool operator==(const alert_timing&, const alert_timing&) = default;
};

//   ok            nothing is wrong, or it is over
//   pending       the value is high, not yet for the hold time
//   firing        it is raised
//   acknowledged  it is raised, and somebody has said that they see to it
enum class alert_phase { ok, pending, firing, acknowledged };

// What a step brought. Only `fired` and `resolved` begin and end an alert; the others change one in place.
enum class alert_change {
  none,
  fired,
  resolved,
  acknowledged,
  escalated,  // warning to critical
  lowered,    // critical to warning
  flapping,   // it goes up and down: it stays raised until it has been calm
  silenced,
  unsilenced
};

std::string_view to_string(alert_phase phase);
inline bool is_raised(alert_phase phase) {
  return phase == alert_phase::firing || phase == alert_phase::acknowledged;
}

// Where one alert stands and what it must remember. A zero time stands for none.
struct alert_state {
  alert_phase phase = alert_phase::ok;
  alert_severity severity = alert_severity::warning;
  bool flapping = false;
  bool stays_critical = false;  // the severity flaps
  unix_ms since{};  // pending: when the value first was high; raised: when it fired; ok: when it ended
  unix_ms
      critical_since{};   // when the value reached the critical level that it has not been at for `hold` yet
  unix_ms seen{};         // the newest value's time
  unix_ms calm_since{};   // since when the value of a flapping alert has been low
  unix_ms lower_since{};  // since when it has been below critical, where the severity flaps
  change_memory turns;    // fired and resolved
  change_memory severities;  // escalated and lowered
  friend bool operator==(const alert_state&, const alert_state&) = default;
};

struct alert_step {
  alert_state state;
  alert_change change = alert_change::none;
};

// One step of the alert machine: pure, total, and independent of how values were batched. `at` is the value's
// own time. A value that is no number is not high, and does not end an alert either.
alert_step advance(alert_state state, const alert_levels& levels, const alert_timing& timing, double value,
                   unix_ms at);

// The state without what changes with every value: equal when there is nothing to store.
alert_state lasting(alert_state state);

}  // namespace atlas
