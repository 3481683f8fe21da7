// How the alerts of a host move, and what is said of them.
#include "core/fleet.hpp"
#include "core/fleet_entry.hpp"

#include <algorithm>

namespace atlas {

namespace {

bool is_out_of_reach(host_presence presence) {
  return presence == host_presence::lost || presence == host_presence::silent;
}

double seconds_between(unix_ms from, unix_ms to) { return std::chrono::duration<double>(to - from).count(); }

double signed_value(alert_rule rule, double value) { return fires_below(rule) ? -value : value; }

double worse(alert_rule rule, double a, double b) {
  return signed_value(rule, a) < signed_value(rule, b) ? b : a;
}

}  // namespace

fleet::machine* fleet::entry::find(alert_rule rule, std::string_view instance) {
  for (std::size_t i = 0; i < machines.size(); ++i) {
    const auto place = (next_machine + i) % machines.size();
    if (machines[place].is(rule, instance)) {
      next_machine = place;
      return &machines[place];
    }
  }
  return nullptr;
}

alert_timing fleet::entry::timing(const alert_timing& usual) const {
  auto timing = usual;
  if (newest && newest->interval) {
    constexpr double ms_per_second = 1000;
    const milliseconds own(static_cast<std::int64_t>(2 * ms_per_second * *newest->interval));
    timing.gap = std::max(timing.gap, own);
  }
  return timing;
}

void fleet::count(entry& host, const machine& which, bool raised) {
  auto& of_severity = severities_[static_cast<std::size_t>(which.state.severity)];
  auto& of_host = which.state.severity == alert_severity::critical ? host.criticals : host.warnings;
  const bool is_host = &host != organisation_.get();
  if (raised) {
    ++of_severity;
    ++of_host;
    if (++host.raised == 1 && is_host) {
      alarmed_.emplace(host.id, &host);
    }
    return;
  }
  --of_severity;
  --of_host;
  if (--host.raised == 0 && is_host) {
    alarmed_.erase(host.id);
  }
}

// Whether the value concerns an alert that there is, or raises one.
bool fleet::is_news(entry& host, alert_rule rule, std::string_view instance, double value) const {
  if (host.find(rule, instance) != nullptr) {
    return true;
  }
  return signed_value(rule, value) >= host.rules->levels(rule, instance).lowest();
}

void fleet::observe(entry& host, alert_rule rule, std::string_view instance, double value,
                    fleet_effects& effects) {
  auto* which = host.find(rule, instance);
  if (which == nullptr) {
    if (host.machines.size() >= max_machines) {
      return;
    }
    which = &host.machines.emplace_back(machine{rule, std::string(instance)});
  } else if (which->visited == host.samples) {
    return;
  }
  which->visited = host.samples;
  step(host, *which, value, host.newest->ts, effects);
}

void fleet::step(entry& host, machine& which, double value, unix_ms at, fleet_effects& effects) {
  which.value = value;
  const auto next = advance(which.state, host.rules->levels(which.rule, which.instance),
                            host.timing(rules_.timing), signed_value(which.rule, value), at);
  take(host, which, next, effects);
}

// Makes the step the machine's, and says what has changed.
void fleet::take(entry& host, machine& which, const alert_step& next, fleet_effects& effects) {
  const bool is_lasting = lasting(next.state) != lasting(which.state);
  const bool was_raised = is_raised(which.state.phase);
  const bool recount =
      was_raised != is_raised(next.state.phase) || next.state.severity != which.state.severity;
  if (recount && was_raised) {
    count(host, which, false);
  }
  which.state = next.state;
  if (is_raised(which.state.phase)) {
    which.worst = was_raised ? worse(which.rule, which.worst, which.value) : which.value;
  }
  if (recount && is_raised(which.state.phase)) {
    count(host, which, true);
  }
  if (next.change != alert_change::none) {
    if (next.change == alert_change::fired) {
      which.silenced = is_silenced(host, which.rule);
    }
    tell_alert(describe(host, which), next.change, effects);
  }
  if (which.state.phase == alert_phase::ok) {
    which.silenced = false;
    which.acknowledged_by.clear();
    which.acknowledged_at = {};
  }
  if (is_lasting) {
    effects.memories.push_back(which.memory(host.id));
  }
}

void fleet::tell_alert(alert told, alert_change change, fleet_effects& effects) {
  alerts_revision_ = ++revision_;
  told.change = change;
  effects.alerts.push_back(std::move(told));
}

void fleet::end(entry& host, machine& which, unix_ms at, fleet_effects& effects) {
  alert_step next{{}, is_raised(which.state.phase) ? alert_change::resolved : alert_change::none};
  next.state.severity = which.state.severity;
  next.state.since = at;
  take(host, which, next, effects);
}

void fleet::forget_quiet(entry& host, unix_ms now, fleet_effects& effects) {
  std::erase_if(host.machines, [&](machine& which) {
    if (!which.is_quiet(now, rules_.timing)) {
      return false;
    }
    if (which.state.turns != change_memory{}) {
      which.state = {};
      effects.memories.push_back(which.memory(host.id));
    }
    return true;
  });
}

void fleet::step_own(entry& host, alert_rule rule, double value, unix_ms now, fleet_effects& effects) {
  auto* which = host.find(rule, "");
  if (which == nullptr) {
    if (signed_value(rule, value) < host.rules->levels(rule, "").lowest()) {
      return;
    }
    which = &host.machines.emplace_back(machine{rule, {}});
  }
  step(host, *which, value, now, effects);
  forget_quiet(host, now, effects);
}

void fleet::step_offline_alert(entry& host, unix_ms now, fleet_effects& effects) {
  const auto presence = host.presence.presence;
  if (!is_out_of_reach(presence)) {
    if (presence != host_presence::unknown && host.find(alert_rule::offline, "") != nullptr) {
      step_own(host, alert_rule::offline, 0, now, effects);
    }
    return;
  }
  if (!rules_.alerts_enabled) {
    return;
  }
  const bool never_seen = host.presence.last_seen == unix_ms{};
  const auto away = seconds_between(never_seen ? host.first_heard : host.presence.last_seen, now);
  // It resolves by being heard of again and by nothing else, not by a clock that is set back.
  auto* which = host.find(alert_rule::offline, "");
  if (which != nullptr && is_raised(which->state.phase)) {
    which->value = away;
    which->worst = worse(which->rule, which->worst, away);
    which->state.calm_since = {};
    return;
  }
  step_own(host, alert_rule::offline, away, now, effects);
}

void fleet::step_duplicate_alert(entry& host, unix_ms now, fleet_effects& effects) {
  if (rules_.alerts_enabled) {
    step_own(host, alert_rule::duplicate, static_cast<double>(host.boots.turns(now)), now, effects);
  }
}

void fleet::on(const alert_acknowledged& event, unix_ms now, fleet_effects& effects) {
  auto [host, which] = find_machine(event.key);
  if (which == nullptr || which->state.phase != alert_phase::firing) {
    return;
  }
  which->acknowledged_by = event.by;
  which->acknowledged_at = now;
  auto next = alert_step{which->state, alert_change::acknowledged};
  next.state.phase = alert_phase::acknowledged;
  take(*host, *which, next, effects);
}

}  // namespace atlas
