// What an earlier run of the service knew.
#include "core/fleet_entry.hpp"

#include <algorithm>

namespace atlas {

std::pair<fleet::entry*, fleet::machine*> fleet::find_machine(const alert_key& key) const {
  entry* host = nullptr;
  if (key.host == organisation_host()) {
    host = organisation_.get();
  } else if (const auto found = entries_.find(key.host); found != entries_.end()) {
    host = found->second.get();
  }
  return {host, host == nullptr ? nullptr : host->find(key.rule, key.instance)};
}

// Nothing when there is no room for the host, or when a host cannot have this alert.
std::pair<fleet::entry*, fleet::machine*> fleet::find_or_add_machine(const alert_key& key, unix_ms now,
                                                                     fleet_effects& effects) {
  const bool is_of_all = key.rule == alert_rule::isolation;
  if (is_of_all != (key.host == organisation_host())) {
    return {nullptr, nullptr};
  }
  auto* host = is_of_all ? organisation_.get() : find_or_add(key.host, now, effects);
  if (host == nullptr) {
    return {nullptr, nullptr};
  }
  auto* which = host->find(key.rule, key.instance);
  if (which == nullptr && host->machines.size() < max_machines) {
    which = &host->machines.emplace_back(machine{key.rule, key.instance});
  }
  return {host, which};
}

void fleet::on(const alert_remembered& event, unix_ms now, fleet_effects& effects) {
  const auto& memory = event.value;
  auto [host, which] = find_or_add_machine(memory.key, now, effects);
  if (which == nullptr || which->state != alert_state{}) {
    return;
  }
  auto next = alert_step{memory.state};
  // The store does not follow every value: those up to the end of the hold may have come.
  if (next.state.phase == alert_phase::pending && next.state.seen == unix_ms{}) {
    next.state.seen = next.state.since + host->rules->levels(which->rule, which->instance).hold;
  }
  which->value = memory.value;
  which->acknowledged_by = memory.acknowledged_by;
  which->acknowledged_at = memory.acknowledged_at;
  if (which->rule == alert_rule::duplicate && is_raised(next.state.phase)) {
    host->boots.assume(static_cast<std::size_t>(boot_watch::suspicious), now);
  }
  adopt(*host, *which, next.state, now, effects);
}

void fleet::on(const alert_restored& event, unix_ms now, fleet_effects& effects) {
  const auto& restored = event.value;
  if (!is_raised(restored.phase)) {
    auto [host, which] = find_machine(restored.key);
    // The store did not get to learn that it is over.
    if (which != nullptr && is_raised(which->state.phase) && which->state.since <= restored.since) {
      auto next = which->state;
      next.phase = alert_phase::ok;
      next.since = restored.since;
      next.flapping = false;
      next.turns.note(restored.since);
      adopt(*host, *which, next, now, effects);
    }
    return;
  }
  auto [host, which] = find_or_add_machine(restored.key, now, effects);
  if (which == nullptr) {
    return;
  }
  if (is_raised(which->state.phase)) {
    if (which->state.phase == alert_phase::firing && restored.phase == alert_phase::acknowledged &&
        which->state.since <= restored.since) {
      which->acknowledged_by = restored.acknowledged_by;
      which->acknowledged_at = restored.acknowledged_at;
      auto next = which->state;
      next.phase = alert_phase::acknowledged;
      adopt(*host, *which, next, now, effects);
    }
    which->state.since = std::min(which->state.since, restored.since);
    return;
  }
  const bool store_is_newer = which->state.phase == alert_phase::ok && which->state.since >= restored.since &&
                              which->state.turns != change_memory{};
  if (store_is_newer) {
    return;
  }
  if (restored.key.rule == alert_rule::duplicate) {
    host->boots.assume(static_cast<std::size_t>(boot_watch::suspicious), now);
  }
  auto next = which->state;
  next.phase = restored.phase;
  next.severity = restored.severity;
  next.flapping = restored.flapping;
  next.since = restored.since;
  next.critical_since = {};
  next.turns.note(restored.since);
  which->value = restored.value;
  which->acknowledged_by = restored.acknowledged_by;
  which->acknowledged_at = restored.acknowledged_at;
  adopt(*host, *which, next, now, effects);
}

// Takes a state without saying so: it was said by the earlier run.
void fleet::adopt(entry& host, machine& which, const alert_state& state, unix_ms now,
                  fleet_effects& effects) {
  take(host, which, {state, alert_change::none}, effects);
  which.silenced = is_raised(state.phase) && is_silenced(host, which.rule);
  if (!rules_.alerts_enabled && which.rule != alert_rule::isolation && state.phase != alert_phase::ok) {
    end(host, which, now, effects);
    forget_quiet(host, now, effects);
  }
}

void fleet::on(const sample_remembered& event, unix_ms now, fleet_effects& effects) {
  if (auto* host = find_or_add(event.host, now, effects); host != nullptr && !host->newest) {
    host->remembered = event;
  }
}

}  // namespace atlas
