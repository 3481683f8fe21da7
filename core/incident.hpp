#pragma once

#include "core/alert.hpp"
#include "core/fleet.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace atlas {

// One time that an alert fired.
struct incident {
  std::int64_t number = 0;  // a later one fired later
  alert_key key;
  alert_severity severity = alert_severity::warning;  // the highest that it reached
  double value = 0;                                   // when it fired
  double worst = 0;
  double threshold = 0;  // of the severity
  unix_ms fired{};
  std::optional<unix_ms> resolved = {};  // nothing while it is raised
  std::string acknowledged_by = {};      // empty when nobody did
  unix_ms acknowledged_at{};
  bool flapping = false;  // at some time
};

// Which incidents that are over are wanted: the latest first.
struct incident_query {
  std::string host;  // with "*" for anything; empty: all
  std::optional<alert_rule> rule;
  // Those that were raised at some time between.
  unix_ms from{};
  unix_ms to = unix_ms::max();
  std::int64_t before = std::numeric_limits<std::int64_t>::max();  // of a lower number
  std::size_t limit = 100;
};

// What happened to a host within a span of time, oldest first.
struct host_past {
  host_presence before = host_presence::unknown;  // at its beginning
  std::vector<std::pair<unix_ms, host_presence>> presence;
  std::vector<unix_ms> restarts;
  std::vector<incident> alerts;  // raised at some time within it
};

// What is to be remembered, in the order in which it happened: a change of an alert, a host's event, or a
// host that is removed, of which nothing stays.
using past_step = std::variant<alert, host_event, host_id>;

}  // namespace atlas
