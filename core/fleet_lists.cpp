// What is shown of the alerts, and who is notified of them.
#include "core/fleet.hpp"
#include "core/fleet_entry.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace atlas {

namespace {

// The level of this severity in the rule's own unit; 0 when the rule has none now.
double shown_level(alert_rule rule, const alert_levels& levels, alert_severity severity) {
  double level = severity == alert_severity::critical ? levels.critical : levels.warning;
  if (!std::isfinite(level)) {
    level = levels.lowest();
  }
  return std::isfinite(level) ? (fires_below(rule) ? -level : level) : 0;
}

std::vector<bool> which_are_on(const std::vector<silence>& silences, unix_ms now) {
  std::vector<bool> on(silences.size());
  std::transform(silences.begin(), silences.end(), on.begin(),
                 [now](const silence& each) { return is_on(each, now); });
  return on;
}

}  // namespace

alert fleet::describe(const entry& host, const machine& which) const {
  const auto& state = which.state;
  return {{host.id, which.rule, which.instance},
          state.severity,
          state.phase,
          which.value,
          shown_level(which.rule, host.rules->levels(which.rule, which.instance), state.severity),
          state.since,
          alert_change::none,
          state.flapping,
          which.silenced,
          which.acknowledged_by,
          which.acknowledged_at,
          which.worst};
}

void fleet::append_alerts(const entry& host, alert_filter which, std::vector<alert>& out) const {
  const auto first = out.size();
  for (const auto& each : host.machines) {
    const bool wanted = which == alert_filter::raised ? is_raised(each.state.phase)
                                                      : each.state.phase == alert_phase::pending;
    if (wanted) {
      out.push_back(describe(host, each));
    }
  }
  std::sort(out.begin() + static_cast<std::ptrdiff_t>(first), out.end(), [](const alert& a, const alert& b) {
    return std::tie(a.key.rule, a.key.instance) < std::tie(b.key.rule, b.key.instance);
  });
}

std::vector<alert> fleet::firing_alerts() const {
  std::vector<alert> alerts;
  append_alerts(*organisation_, alert_filter::raised, alerts);
  for (const auto& [id, host] : alarmed_) {
    append_alerts(*host, alert_filter::raised, alerts);
  }
  return alerts;
}

std::vector<alert> fleet::firing_alerts(const host_id& host) const {
  std::vector<alert> alerts;
  const auto found = alarmed_.find(host);
  if (found != alarmed_.end()) {
    append_alerts(*found->second, alert_filter::raised, alerts);
  }
  return alerts;
}

std::vector<alert> fleet::pending_alerts() const {
  std::vector<const entry*> waiting;
  for (const auto* host : order_) {
    if (host->raised < host->machines.size()) {
      waiting.push_back(host);
    }
  }
  std::sort(waiting.begin(), waiting.end(), [](const entry* a, const entry* b) { return a->id < b->id; });
  std::vector<alert> alerts;
  for (const auto* host : waiting) {
    append_alerts(*host, alert_filter::pending, alerts);
  }
  return alerts;
}

std::optional<alert> fleet::find_alert(const alert_key& key) const {
  const auto [host, which] = find_machine(key);
  return which == nullptr ? std::nullopt : std::optional(describe(*host, *which));
}

std::vector<alert_memory> fleet::memories() const {
  std::vector<alert_memory> all;
  const auto append = [&all](const entry& host) {
    for (const auto& each : host.machines) {
      all.push_back(each.memory(host.id));
    }
  };
  append(*organisation_);
  for (const auto* host : order_) {
    append(*host);
  }
  return all;
}

void fleet::on(const silences_changed& event, unix_ms now, fleet_effects& effects) {
  silences_ = event.silences;
  silences_on_ = which_are_on(silences_, now);
  mark_all_silenced(effects);
}

std::set<std::string> fleet::active_silences() const {
  std::set<std::string> ids;
  for (std::size_t i = 0; i < silences_.size(); ++i) {
    if (silences_on_[i]) {
      ids.insert(silences_[i].id);
    }
  }
  return ids;
}

// Looks at the alerts only when a silence begins or ends.
void fleet::follow_silences(unix_ms now, fleet_effects& effects) {
  auto on = which_are_on(silences_, now);
  if (on == silences_on_) {
    return;
  }
  silences_on_ = std::move(on);
  mark_all_silenced(effects);
}

void fleet::mark_all_silenced(fleet_effects& effects) {
  mark_silenced(*organisation_, effects);
  for (const auto& [id, host] : alarmed_) {
    mark_silenced(*host, effects);
  }
}

void fleet::mark_silenced(entry& host, fleet_effects& effects) {
  for (auto& which : host.machines) {
    const bool silenced = is_raised(which.state.phase) && is_silenced(host, which.rule);
    if (silenced == which.silenced) {
      continue;
    }
    which.silenced = silenced;
    tell_alert(describe(host, which), silenced ? alert_change::silenced : alert_change::unsilenced, effects);
  }
}

bool fleet::is_silenced(const entry& host, alert_rule rule) const {
  for (std::size_t i = 0; i < silences_.size(); ++i) {
    if (silences_on_[i] && fits(silences_[i], host.id, host.tags, rule)) {
      return true;
    }
  }
  return false;
}

}  // namespace atlas
