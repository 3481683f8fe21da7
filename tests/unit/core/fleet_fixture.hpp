#pragma once

#include "core/fleet.hpp"
#include "tests/unit/core/make.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace atlas::test {

inline fleet_rules rules_with_hold(double seconds) {
  fleet_rules rules;
  for (const auto rule : {alert_rule::cpu, alert_rule::memory, alert_rule::disk}) {
    rules.levels[rule].hold = milliseconds{static_cast<int>(seconds * 1000)};
  }
  return rules;
}

// A fleet whose events come at the time they carry, and what followed from the newest one.
class FleetTest : public testing::Test {
 protected:
  explicit FleetTest(fleet_rules rules = rules_with_hold(0)) : hosts(std::move(rules)) {}

  void apply(fleet_event event, double seconds) {
    effects.clear();
    hosts.apply(std::move(event), at(seconds), effects);
  }
  // A sample that arrives the moment it was taken.
  void take(sample value, std::string_view host = "h1") {
    const auto now = value.ts;
    effects.clear();
    hosts.apply(sample_received{make_host(host), std::move(value)}, now, effects);
  }
  void say(reported_state state, double seconds, std::string boot = "", std::string_view host = "h1") {
    apply(status_received{make_host(host), {state, at(seconds), std::move(boot)}}, seconds);
  }
  void pass(double seconds) { apply(time_passed{}, seconds); }

  const host_state& host(std::string_view name = "h1") const {
    const auto* found = hosts.find(make_host(name));
    EXPECT_NE(found, nullptr);
    return *found;
  }
  host_presence presence(std::string_view name = "h1") const { return host(name).presence.presence; }
  // "h1:cpu firing" of each alert that changed.
  std::vector<std::string> changes() const {
    std::vector<std::string> out;
    for (const auto& each : effects.alerts) {
      out.push_back(each.key.id() +
                    (each.phase == alert_phase::ok ? " resolved" : " " + std::string(to_string(each.phase))));
    }
    return out;
  }
  std::vector<std::string> firing() const {
    std::vector<std::string> out;
    for (const auto& each : hosts.firing_alerts()) {
      out.push_back(each.key.id());
    }
    return out;
  }
  bool changed(std::string_view name = "h1") const {
    return std::find(effects.changed.begin(), effects.changed.end(), hosts.find(make_host(name))) !=
           effects.changed.end();
  }

  fleet hosts;
  fleet_effects effects;
};

using strings = std::vector<std::string>;

}  // namespace atlas::test
