#pragma once

#include "core/alert_key.hpp"
#include "core/alert_machine.hpp"
#include "core/error.hpp"
#include "core/unix_time.hpp"

#include <string>
#include <string_view>

namespace atlas {

// The present state of an alert, as the API, the live feed and the retained alert topic show it.
struct alert {
  alert_key key;
  alert_severity severity = alert_severity::critical;
  alert_phase phase = alert_phase::ok;
  double value = 0;  // the value at the newest step
  double threshold =
      0;  // the level of its severity; for offline: seconds, for duplicate and isolation: a number
  unix_ms since{};
  alert_change change = alert_change::none;  // what has just happened to it; not part of the JSON
  bool flapping = false;
  bool silenced = false;             // nobody is to be notified of it
  std::string acknowledged_by = {};  // while it is acknowledged
  unix_ms acknowledged_at{};
  double worst = 0;  // of its values since it fired; not part of the JSON
};

// What an alert remembers over a restart of the service.
struct alert_memory {
  alert_key key;
  alert_state state;
  double value = 0;
  std::string acknowledged_by = {};
  unix_ms acknowledged_at{};

  // Nothing is left to remember.
  bool is_empty() const { return state.phase == alert_phase::ok && state.turns == change_memory{}; }
};

// {"id","host","rule","instance","severity","state","value","threshold","since"} and, where it applies,
// {"flapping","silenced","acknowledged_by","acknowledged_at"}; state is "pending", "firing", "acknowledged"
// or "resolved". The retained topic never says "pending".
std::string format_alert(const alert& value);
// Reads format_alert()'s JSON back, at most 4 KiB: how ingest finds its own retained alerts after a restart.
result<alert> parse_alert(std::string_view payload);

}  // namespace atlas
