#include "core/fleet.hpp"

#include "core/fleet_entry.hpp"
#include "core/sample_range.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace atlas {

namespace {

// A newest sample further ahead of this machine's clock than this came from a clock that was off.
constexpr milliseconds clock_tolerance{5 * 60 * 1000};

// What has waited for so long is no news, whatever else is known of its host.
constexpr milliseconds stale_after{60'000};

bool has_identity(const sample& value) { return value.seq.has_value() && !value.boot.empty(); }

// Whether a sample without a place in the newest boot's sequence is older than the newest.
bool is_older(const sample& value, const sample& newest, unix_ms now) {
  return value.ts < newest.ts && newest.ts - now <= clock_tolerance;
}

bool is_repeat_by_time(const sample& value, const sample& newest) {
  return value.seq.has_value() && value.seq == newest.seq && value.boot == newest.boot &&
         value.ts == newest.ts;
}

void add_saturating(std::uint64_t& sum, std::uint64_t by) {
  sum = by > std::numeric_limits<std::uint64_t>::max() - sum ? std::numeric_limits<std::uint64_t>::max()
                                                             : sum + by;
}

}  // namespace

void fleet_effects::clear() {
  changed.clear();
  removed.clear();
  alerts.clear();
  memories.clear();
  recorded.clear();
  events.clear();
}

fleet::entry::arrival fleet::entry::place(const sample& value, unix_ms now, bool waited) {
  if (!newest) {
    if (waited) {
      return arrival::late;
    }
    return place_first(value, now);
  }
  if (has_identity(value) && has_identity(*newest) && value.boot == newest->boot) {
    const auto step = seqs.add(*value.seq);
    switch (step.what) {
      case seq_window::verdict::newest:
        add_saturating(missing, step.skipped);
        return waited ? arrival::late : arrival::newest;
      case seq_window::verdict::repeated: return arrival::repeated;
      case seq_window::verdict::late:
        missing -= step.fills_a_gap && missing > 0 ? 1 : 0;
        return arrival::late;
    }
  }
  if (is_repeat_by_time(value, *newest)) {
    return arrival::repeated;
  }
  if (waited || (!begins_present_boot(value, newest->boot) && is_older(value, *newest, now))) {
    return arrival::late;
  }
  if (has_identity(value)) {
    seqs.restart(*value.seq);
  }
  return arrival::newest;
}

bool fleet::entry::begins_present_boot(const sample& value, std::string_view newest_boot) const {
  return !value.boot.empty() && value.boot == online_boot && newest_boot != online_boot;
}

fleet::entry::arrival fleet::entry::place_first(const sample& value, unix_ms now) {
  if (remembered) {
    const auto& before = *remembered;
    const bool is_same_boot = has_identity(value) && before.seq && value.boot == before.boot;
    const bool is_old = is_same_boot ? *value.seq <= *before.seq
                                     : !begins_present_boot(value, before.boot) && value.ts <= before.ts &&
                                           before.ts - now <= clock_tolerance;
    if (is_old) {
      return is_same_boot && *value.seq == *before.seq ? arrival::repeated : arrival::late;
    }
    remembered.reset();
  }
  if (has_identity(value)) {
    seqs.restart(*value.seq);
  }
  return arrival::newest;
}

bool fleet::entry::begins(std::string_view seen) {
  if (seen.empty() || seen == boot) {
    return false;
  }
  const bool is_new = seen != earlier_boot;
  earlier_boot = std::exchange(boot, std::string(seen));
  return is_new;
}

unix_ms fleet::entry::right_time(unix_ms ts) const {
  return std::clamp(ts + clock.correction(), earliest_ts, latest_ts);
}

fleet::fleet(fleet_rules rules)
    : rules_(with_own_rules(std::move(rules))), book_(rules_.levels, rules_.overrides) {
  organisation_ = std::make_unique<entry>(organisation_host(), unix_ms{});
  choose_rules(*organisation_);
}

fleet::~fleet() = default;

void fleet::apply(fleet_event event, unix_ms now, fleet_effects& effects) {
  std::visit([&](auto& happened) { on(std::move(happened), now, effects); }, event);
}

fleet::entry* fleet::find_or_add(const host_id& host, unix_ms now, fleet_effects& effects) {
  const auto found = entries_.find(host);
  if (found != entries_.end()) {
    return found->second.get();
  }
  if (entries_.size() >= rules_.max_hosts) {
    ++ignored_hosts_;
    return nullptr;
  }
  auto* added = entries_.emplace(host, std::make_unique<entry>(host, now)).first->second.get();
  added->presence.since = now;
  choose_rules(*added);
  order_.push_back(added);
  ++presences_[static_cast<std::size_t>(added->presence.presence)];
  tell_change(*added, effects);
  return added;
}

void fleet::tell_change(entry& host, fleet_effects& effects) {
  host.revision = ++revision_;
  effects.changed.push_back(&host);
}

void fleet::on(const host_registered& event, unix_ms now, fleet_effects& effects) {
  find_or_add(event.host, now, effects);
}

void fleet::on(const host_removed& event, unix_ms now, fleet_effects& effects) {
  const auto found = entries_.find(event.host);
  if (found == entries_.end()) {
    return;
  }
  auto* gone = found->second.get();
  for (auto& which : gone->machines) {
    end(*gone, which, now, effects);
  }
  // Earlier effects that the caller has not read yet must not point at it.
  std::erase(effects.changed, gone);
  std::erase_if(effects.recorded, [gone](const recorded_sample& row) { return row.host == gone; });
  --presences_[static_cast<std::size_t>(gone->presence.presence)];
  std::erase(order_, gone);
  entries_.erase(found);
  effects.removed.push_back(event.host);
  ++revision_;
}

void fleet::on(sample_received event, unix_ms now, fleet_effects& effects) {
  auto* host = find_or_add(event.host, now, effects);
  if (host == nullptr) {
    return;
  }
  auto& value = event.value;
  if (!event.catching_up) {
    host->clock.see(value.ts, now);
    host->clock_offset = host->clock.offset();
  }
  value.ts = host->right_time(value.ts);
  const bool waited = event.catching_up && now - value.ts >= stale_after;
  if (!waited && host->boots.see(value, now)) {
    step_duplicate_alert(*host, now, effects);
  }
  switch (host->place(value, now, waited)) {
    case entry::arrival::repeated:
      ++host->repeated;
      effects.recorded.push_back({host, std::move(value), true});
      return;
    case entry::arrival::late:
      ++host->samples;
      ++host->late;
      effects.recorded.push_back({host, std::move(value), false});
      return;
    case entry::arrival::newest: break;
  }
  ++host->samples;
  host->newest = std::move(value);
  see_boot(*host, host->newest->boot, now, effects);
  set_presence(*host, on_sample(host->presence, now), now, effects);
  if (effects.changed.empty() || effects.changed.back() != host) {
    tell_change(*host, effects);
  }
  effects.recorded.push_back({host, std::nullopt, false});
  step_sample_alerts(*host, effects);
}

void fleet::on(const status_received& event, unix_ms now, fleet_effects& effects) {
  auto* host = find_or_add(event.host, now, effects);
  if (host == nullptr) {
    return;
  }
  const auto& status = event.value;
  if (status.state == reported_state::online) {
    if (!status.boot.empty() && status.boot == host->online_boot && status.ts <= host->online_ts) {
      return;
    }
    host->online_ts = status.ts;
    host->online_boot = status.boot;
    see_boot(*host, status.boot, now, effects);
  }
  set_presence(*host, on_status(host->presence, status.state, now), now, effects);
}

void fleet::on(info_received event, unix_ms now, fleet_effects& effects) {
  auto* host = find_or_add(event.host, now, effects);
  if (host == nullptr || host->info == event.value) {
    return;
  }
  host->info = std::move(event.value);
  tell_change(*host, effects);
  join_tags(*host, effects);
}

void fleet::on(host_labelled event, unix_ms, fleet_effects& effects) {
  const auto found = entries_.find(event.host);
  if (found == entries_.end() || found->second->label == event.value) {
    return;
  }
  found->second->label = std::move(event.value);
  tell_change(*found->second, effects);
  join_tags(*found->second, effects);
}

void fleet::on(const time_passed&, unix_ms now, fleet_effects& effects) {
  for (auto* host : order_) {
    set_presence(*host, on_silence(host->presence, now, rules_.offline_after), now, effects);
    if (host->find(alert_rule::duplicate, "") != nullptr) {
      step_duplicate_alert(*host, now, effects);
    }
  }
  follow_silences(now, effects);
}

void fleet::on(const isolation_checked& event, unix_ms now, fleet_effects& effects) {
  step_own(*organisation_, alert_rule::isolation, static_cast<double>(event.breaches), now, effects);
}

void fleet::set_presence(entry& host, const presence_state& next, unix_ms now, fleet_effects& effects) {
  const auto before = host.presence.presence;
  const bool changed = before != next.presence;
  host.presence = next;
  if (changed) {
    --presences_[static_cast<std::size_t>(before)];
    ++presences_[static_cast<std::size_t>(next.presence)];
    tell_change(host, effects);
    effects.events.push_back({host.id, now, next.presence, host.boot});
  }
  step_offline_alert(host, now, effects);
}

void fleet::see_boot(entry& host, std::string_view boot, unix_ms now, fleet_effects& effects) {
  if (host.begins(boot)) {
    effects.events.push_back({host.id, now, std::nullopt, host.boot});
  }
}

const host_state* fleet::find(const host_id& host) const {
  const auto found = entries_.find(host);
  return found == entries_.end() ? nullptr : found->second.get();
}

std::vector<const host_state*> fleet::hosts() const { return {order_.begin(), order_.end()}; }

std::size_t fleet::size() const { return order_.size(); }

fleet_counts fleet::counts() const {
  fleet_counts counts;
  for (const host_presence presence : all_presences) {
    counts.hosts[presence] = presences_[static_cast<std::size_t>(presence)];
  }
  for (const alert_severity severity : {alert_severity::warning, alert_severity::critical}) {
    counts.alerts[severity] = severities_[static_cast<std::size_t>(severity)];
  }
  return counts;
}

std::uint64_t fleet::ignored_hosts() const { return ignored_hosts_; }

}  // namespace atlas
