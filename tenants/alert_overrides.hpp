#pragma once

#include "core/error.hpp"
#include "core/rule_book.hpp"
#include "tenants/config_document.hpp"

#include <string>
#include <utility>
#include <vector>

namespace atlas::tenants {

// One element of $.alerts.overrides: for the alerts that all of `match` fits, what is set of some rules.
//   {"match": {"host": "db-*", "tag": "prod", "mount": "/var*", "interface": "eth0", "sensor": "cpu"},
//    "values": {"disk": {"warning": 80, "critical": 95, "hold_seconds": 60, "margin": 2, "enabled": true}}}
struct alert_override {
  std::string host;  // with "*" for anything; empty: any
  std::string tag;
  std::string mount;      // of disk and disk_full
  std::string interface;  // of traffic
  std::string sensor;     // of temperature
  std::vector<std::pair<alert_rule, rule_change>> values;
  friend bool operator==(const alert_override&, const alert_override&) = default;
};

// Appends every mistake with its JSON path below `path`.
std::vector<alert_override> read_overrides(const json& list, const std::string& path,
                                           std::vector<error>& mistakes);
json write_overrides(const std::vector<alert_override>& overrides);
// As the fleet takes them.
std::vector<rule_override> rule_overrides_of(const std::vector<alert_override>& overrides);

// The least and the most that a level of this rule may be.
std::pair<double, double> level_bounds(alert_rule rule);

}  // namespace atlas::tenants
