#include "core/fleet.hpp"
#include "core/fleet_entry.hpp"
#include "core/sample_codec.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace atlas {

namespace {

bool is_out_of_reach(host_presence presence) {
  return presence == host_presence::lost || presence == host_presence::silent;
}

constexpr threshold duplicate_rule{boot_watch::suspicious, 1, milliseconds::zero()};

double seconds_between(unix_ms from, unix_ms to) { return std::chrono::duration<double>(to - from).count(); }

}  // namespace

const threshold& fleet::rule_of(alert_rule rule) const {
  switch (rule) {
    case alert_rule::cpu: return rules_.cpu;
    case alert_rule::memory: return rules_.memory;
    case alert_rule::disk: return rules_.disk;
    case alert_rule::offline: return offline_;
    case alert_rule::duplicate: return duplicate_rule;
    case alert_rule::isolation: return isolation_rule;
  }
  return offline_;
}

alert fleet::describe(const entry& host, const machine& which) const {
  return {{host.id, which.rule, which.instance}, severity_of(which.rule), which.state.phase, which.value,
          rule_of(which.rule).raise_at,          which.state.since};
}

void fleet::count_firing(entry& host, const machine& which, bool fired) {
  auto& of_severity = severities_[static_cast<std::size_t>(severity_of(which.rule))];
  if (fired) {
    ++of_severity;
    ++host.firing;
    if (&host != organisation_.get()) {
      alarmed_.emplace(host.id, &host);
    }
    return;
  }
  --of_severity;
  if (--host.firing == 0 && &host != organisation_.get()) {
    alarmed_.erase(host.id);
  }
}

void fleet::resolve(entry& host, machine& which, unix_ms at, fleet_effects& effects) {
  const bool was_firing = which.state.phase == alert_phase::firing;
  which.state = {alert_phase::ok, at};
  if (was_firing) {
    count_firing(host, which, false);
    effects.alerts.push_back(describe(host, which));
  }
}

void fleet::step(entry& host, machine& which, const threshold& rule, double value, unix_ms at,
                 fleet_effects& effects) {
  which.value = value;
  const auto next = advance(which.state, rule, value, at);
  which.state = next.state;
  switch (next.change) {
    case alert_change::none: return;
    case alert_change::fired: count_firing(host, which, true); break;
    case alert_change::resolved: count_firing(host, which, false); break;
  }
  effects.alerts.push_back(describe(host, which));
}

void fleet::step_sample_alerts(entry& host, fleet_effects& effects) {
  if (!rules_.alerts_enabled) {
    return;
  }
  const sample& value = *host.newest;
  step(host, host.cpu, rules_.cpu, value.cpu.percent, value.ts, effects);
  step(host, host.memory, rules_.memory, value.memory.percent, value.ts, effects);
  match_disks(host, value, effects);
  for (auto& disk : host.disks) {
    step(host, disk, rules_.disk, disk.value, value.ts, effects);
  }
}

// Makes host.disks the mounts of the sample, in its order. An alert of a mount that is no longer there
// resolves.
void fleet::match_disks(entry& host, const sample& value, fleet_effects& effects) {
  const auto same_mount = [](const machine& known, const disk_sample& disk) {
    return known.instance == disk.mount;
  };
  if (std::equal(host.disks.begin(), host.disks.end(), value.disks.begin(), value.disks.end(), same_mount)) {
    for (std::size_t i = 0; i < host.disks.size(); ++i) {
      host.disks[i].value = value.disks[i].percent;
    }
    return;
  }
  std::unordered_map<std::string_view, double> present;  // of a mount that is named twice the first counts
  for (const auto& disk : value.disks) {
    present.emplace(disk.mount, disk.percent);
  }
  std::unordered_map<std::string_view, machine*> known;
  for (auto& disk : host.disks) {
    known.emplace(disk.instance, &disk);
    if (!present.contains(disk.instance)) {
      resolve(host, disk, value.ts, effects);
    }
  }
  std::vector<machine> disks;
  disks.reserve(present.size());
  for (const auto& disk : value.disks) {
    const auto percent = present.extract(disk.mount);
    if (percent.empty()) {
      continue;
    }
    const auto before = known.find(disk.mount);
    disks.push_back({alert_rule::disk, disk.mount,
                     before == known.end() ? alert_state{} : before->second->state, percent.mapped()});
  }
  host.disks = std::move(disks);
}

void fleet::step_offline_alert(entry& host, unix_ms now, fleet_effects& effects) {
  if (!is_out_of_reach(host.presence.presence)) {
    if (host.presence.presence != host_presence::unknown && host.offline.state.phase != alert_phase::ok) {
      host.offline.value = 0;
      resolve(host, host.offline, now, effects);
    }
    return;
  }
  if (!rules_.alerts_enabled) {
    return;
  }
  const bool never_seen = host.presence.last_seen == unix_ms{};
  const auto away = seconds_between(never_seen ? host.first_heard : host.presence.last_seen, now);
  // It resolves by being heard of again and by nothing else, not by a clock that is set back.
  if (host.offline.state.phase == alert_phase::firing) {
    host.offline.value = away;
    return;
  }
  step(host, host.offline, offline_, away, now, effects);
}

void fleet::step_duplicate_alert(entry& host, unix_ms now, fleet_effects& effects) {
  if (rules_.alerts_enabled) {
    step(host, host.duplicate, duplicate_rule, static_cast<double>(host.boots.turns(now)), now, effects);
  }
}

void fleet::on(const alert_restored& event, unix_ms now, fleet_effects& effects) {
  const auto& restored = event.value;
  if (restored.phase != alert_phase::firing) {
    return;
  }
  if (restored.key.rule == alert_rule::isolation) {
    if (restored.key.host == organisation_host()) {
      restore(*organisation_, *isolation_, restored, now, effects);
    }
    return;
  }
  auto* host = find_or_add(restored.key.host, now, effects);
  auto* which = host == nullptr ? nullptr : find_machine(*host, restored.key);
  if (which == nullptr) {
    return;
  }
  if (restored.key.rule == alert_rule::duplicate) {
    host->boots.assume(static_cast<std::size_t>(boot_watch::suspicious), now);
  }
  restore(*host, *which, restored, now, effects);
}

void fleet::restore(entry& host, machine& which, const alert& restored, unix_ms now, fleet_effects& effects) {
  if (which.state.phase == alert_phase::firing) {
    which.state.since = std::min(which.state.since, restored.since);
    return;
  }
  which.state = {alert_phase::firing, restored.since};
  which.value = restored.value;
  count_firing(host, which, true);
  if (!rules_.alerts_enabled && which.rule != alert_rule::isolation) {
    resolve(host, which, now, effects);
  }
}

// Adds the machine of a mount that no sample has named; when the next one does not name it either it
// resolves.
fleet::machine* fleet::find_machine(entry& host, const alert_key& key) {
  switch (key.rule) {
    case alert_rule::cpu: return &host.cpu;
    case alert_rule::memory: return &host.memory;
    case alert_rule::offline: return &host.offline;
    case alert_rule::duplicate: return &host.duplicate;
    case alert_rule::isolation: return nullptr;
    case alert_rule::disk: break;
  }
  const auto found = std::find_if(host.disks.begin(), host.disks.end(),
                                  [&](const machine& disk) { return disk.instance == key.instance; });
  if (found != host.disks.end()) {
    return &*found;
  }
  if (host.disks.size() >= sample_limits::max_elements) {
    return nullptr;
  }
  return &host.disks.emplace_back(machine{alert_rule::disk, key.instance, {}});
}

void fleet::append_firing(const entry& host, std::vector<alert>& out) const {
  const auto add = [&](const machine& which) {
    if (which.state.phase == alert_phase::firing) {
      out.push_back(describe(host, which));
    }
  };
  add(host.cpu);
  add(host.memory);
  const auto first_disk = out.size();
  std::for_each(host.disks.begin(), host.disks.end(), add);
  std::sort(out.begin() + static_cast<std::ptrdiff_t>(first_disk), out.end(),
            [](const alert& a, const alert& b) { return a.key.instance < b.key.instance; });
  add(host.offline);
  add(host.duplicate);
}

std::vector<alert> fleet::firing_alerts() const {
  std::vector<alert> alerts;
  if (isolation_->state.phase == alert_phase::firing) {
    alerts.push_back(describe(*organisation_, *isolation_));
  }
  for (const auto& [id, host] : alarmed_) {
    append_firing(*host, alerts);
  }
  return alerts;
}

std::vector<alert> fleet::firing_alerts(const host_id& host) const {
  std::vector<alert> alerts;
  const auto found = alarmed_.find(host);
  if (found != alarmed_.end()) {
    append_firing(*found->second, alerts);
  }
  return alerts;
}

}  // namespace atlas
