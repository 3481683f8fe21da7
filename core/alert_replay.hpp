#pragma once

#include "core/alert_machine.hpp"
#include "core/history.hpp"
#include "core/host_id.hpp"
#include "core/rule_book.hpp"

#include <optional>
#include <string>
#include <vector>

namespace atlas {

// One value of a host over time, in the rule's own unit; for disk_full in percent of the disk.
struct replay_series {
  host_id host;
  std::string instance;
  std::vector<history_point> points;  // oldest first; the means are replayed
};

// An alert as it would have been.
struct replay_firing {
  host_id host;
  std::string instance;
  alert_severity severity = alert_severity::warning;  // the highest that it reached
  unix_ms fired{};
  std::optional<unix_ms> resolved;  // nothing: it would fire still
  double worst = 0;                 // the value furthest beyond the level
  bool flapping = false;
};

// What the alert machine makes of it: the same one that live samples step. `rules` are those of the host.
std::vector<replay_firing> replay(alert_rule rule, const host_rules& rules, const alert_timing& timing,
                                  const replay_series& series);

}  // namespace atlas
