// Which rules hold for whom, and what happens when they change.
#include "core/fleet.hpp"
#include "core/fleet_entry.hpp"

#include <chrono>

namespace atlas {

fleet_rules with_own_rules(fleet_rules rules) {
  auto& offline = rules.levels[alert_rule::offline];
  if (!offline.warning && !offline.critical) {
    offline.critical = std::chrono::duration<double>(rules.offline_after).count();
  }
  rules.levels[alert_rule::duplicate] = {boot_watch::suspicious, {}, boot_watch::suspicious - 1};
  // Of attempts that did not fail: none may.
  rules.levels[alert_rule::isolation] = {{}, 1};
  rules.timing.gap = rules.offline_after;
  return rules;
}

void fleet::choose_rules(entry& host) { host.rules = book_.rules_for(host.id, host.tags); }

void fleet::join_tags(entry& host, fleet_effects& effects) {
  auto tags = joined_tags(host.info ? host.info->tags : std::vector<std::string>{}, host.label.tags);
  if (tags == host.tags) {
    return;
  }
  host.tags = std::move(tags);
  choose_rules(host);
  mark_silenced(host, effects);
}

void fleet::on(const rules_changed& event, unix_ms now, fleet_effects& effects) {
  rules_ = with_own_rules(*event.rules);
  book_ = rule_book(rules_.levels, rules_.overrides);
  choose_rules(*organisation_);
  for (auto* host : order_) {
    choose_rules(*host);
  }
  if (!rules_.alerts_enabled) {
    end_alerts_of_hosts(now, effects);
  }
}

// Pending ones too.
void fleet::end_alerts_of_hosts(unix_ms now, fleet_effects& effects) {
  for (auto* host : order_) {
    for (auto& which : host->machines) {
      if (which.state.phase != alert_phase::ok) {
        end(*host, which, now, effects);
      }
    }
  }
}

}  // namespace atlas
