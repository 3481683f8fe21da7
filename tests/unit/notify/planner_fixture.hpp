#pragma once

#include "core/notify_planner.hpp"
#include "tests/unit/core/make.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace atlas::test {

inline constexpr double a_day = 24 * 60 * 60;

inline alert_news news_of(std::string_view host, alert_rule rule, bool firing, double seconds) {
  const alert value{{make_host(host), rule, rule == alert_rule::disk ? "/" : ""},
                    rule == alert_rule::cpu ? alert_severity::warning : alert_severity::critical,
                    firing ? alert_phase::firing : alert_phase::ok,
                    firing ? 95.0 : 10.0,
                    90,
                    at(seconds)};
  return {value, firing, false, false, false};
}

// Hears of everything, at once.
inline notify_rules rules_for(std::vector<channel_policy> channels) {
  notify_rules rules;
  rules.channels = std::move(channels);
  return rules;
}

// "opened web-1:cpu db:disk" of each notice.
inline std::string shown(const notice& what) {
  std::string out(to_string(what.kind));
  for (const auto& one : what.alerts) {
    out += " " + std::string(one.value.key.host.text()) + ":" + std::string(to_string(one.value.key.rule));
  }
  return out;
}

inline std::vector<std::string> shown(const std::vector<notice>& all) {
  std::vector<std::string> out;
  for (const auto& one : all) {
    out.push_back(shown(one));
  }
  return out;
}

}  // namespace atlas::test
