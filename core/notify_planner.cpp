#include "core/notify_planner.hpp"

#include <algorithm>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace atlas {

namespace {

constexpr milliseconds day = std::chrono::hours(24);
// Beyond these an alert waits outside; reconcile() brings it in when there is room.
constexpr std::size_t max_waiting = 20'000;
constexpr std::size_t max_incidents = 2'000;
constexpr std::uint32_t turns_that_are_enough = 3;

bool needs_a_person(const noted_alert& what) { return what.firing && !what.acknowledged; }

std::string make_id(std::uint64_t number, unix_ms opened) {
  return fmt::format("{:%Y%m%dT%H%M%SZ}-{}", fmt::gmtime(std::chrono::system_clock::to_time_t(opened)),
                     number);
}

}  // namespace

notify_planner::notify_planner(notify_rules rules) : rules_(std::move(rules)) {}

std::vector<notice> notify_planner::step(std::span<const alert_news> changes, std::size_t fleet_size,
                                         unix_ms now) {
  for (const auto& news : changes) {
    take(news, now);
  }
  return advance(fleet_size, now);
}

std::vector<notice> notify_planner::reconcile(std::span<const alert_news> firing, std::size_t fleet_size,
                                              unix_ms now) {
  std::map<std::string, const alert_news*> present;
  for (const auto& news : firing) {
    present.emplace(news.value.key.id(), &news);
  }
  std::vector<alert_news> changes;
  const auto look = [&](const std::string& id, const tracked& known) {
    if (known.noted.firing && !present.contains(id)) {
      changes.push_back({known.noted.value});
    }
  };
  for (const auto& [id, known] : waiting_) {
    look(id, known);
  }
  for (const auto& [number, where] : incidents_) {
    for (const auto& [id, known] : where.alerts) {
      look(id, known);
    }
  }
  for (const auto& [id, news] : present) {
    changes.push_back(*news);
  }
  return step(changes, fleet_size, now);
}

void notify_planner::take(const alert_news& news, unix_ms now) {
  const auto id = news.value.key.id();
  if (news.firing) {
    take_firing(news, id, now);
    return;
  }
  const auto home = home_.find(id);
  const auto known = home == home_.end() ? waiting_.find(id) : incidents_.at(home->second).alerts.find(id);
  if (home == home_.end() && known == waiting_.end()) {
    return;
  }
  if (known->second.noted.firing) {
    known->second.noted = {news.value, false, known->second.noted.acknowledged};
    known->second.since = now;
    changed_ = true;
  }
}

void notify_planner::take_firing(const alert_news& news, const std::string& id, unix_ms now) {
  const auto home = home_.find(id);
  if (home == home_.end()) {
    take_outside(news, id, now);
    return;
  }
  auto& where = incidents_.at(home->second);
  auto& known = where.alerts.at(id);
  const bool acknowledged = news.acknowledged || news.silenced;
  if (!known.noted.firing) {
    known.since = now;
    changed_ = true;
  }
  if (known.noted.acknowledged != acknowledged || known.flapping != news.flapping) {
    changed_ = true;
  }
  if (known.noted.value.severity < news.value.severity) {
    known.worse = true;
    changed_ = true;
  }
  known.noted = {news.value, true, acknowledged};
  known.flapping = news.flapping;
  if (where.quiet_since) {
    where.quiet_since.reset();
    changed_ = true;
  }
}

// One that keeps changing is not waited for a window long: it might be over at the end of each.
void notify_planner::take_outside(const alert_news& news, const std::string& id, unix_ms now) {
  const auto found = waiting_.find(id);
  if (found == waiting_.end()) {
    if (!news.silenced && waiting_.size() < max_waiting) {
      waiting_.emplace(id,
                       tracked{{news.value, true, news.acknowledged}, now, 1, false, news.flapping, false});
      changed_ = true;
    }
    return;
  }
  if (news.silenced) {
    waiting_.erase(found);
    changed_ = true;
    return;
  }
  auto& known = found->second;
  if (!known.noted.firing) {
    known.since = now;
    if (++known.turns >= turns_that_are_enough && has_budget(id)) {
      window_since_ = now - rules_.window;
    }
    changed_ = true;
  }
  changed_ = changed_ || known.flapping != news.flapping || known.noted.acknowledged != news.acknowledged;
  known.noted = {news.value, true, news.acknowledged};
  known.flapping = news.flapping;
}

std::vector<notice> notify_planner::advance(std::size_t fleet_size, unix_ms now) {
  std::vector<notice> out;
  forget_old(now);
  close_window(fleet_size, now, out);
  for (auto each = incidents_.begin(); each != incidents_.end();) {
    auto& where = each->second;
    const bool firing = std::any_of(where.alerts.begin(), where.alerts.end(),
                                    [](const auto& one) { return one.second.noted.firing; });
    if (firing) {
      grow(where, fleet_size, now, out);
      remind(where, fleet_size, now, out);
      ++each;
    } else if (settle(where, fleet_size, now, out)) {
      for (const auto& [id, known] : where.alerts) {
        home_.erase(id);
      }
      each = incidents_.erase(each);
    } else {
      ++each;
    }
  }
  return out;
}

// What has used up its messages of the day goes on waiting.
void notify_planner::close_window(std::size_t fleet_size, unix_ms now, std::vector<notice>& out) {
  const auto may_speak = [&](const auto& one) { return one.second.noted.firing && has_budget(one.first); };
  changed_ = std::erase_if(waiting_,
                           [&](const auto& one) {
                             return !one.second.noted.firing && now - one.second.since >= rules_.window;
                           }) > 0 ||
             changed_;
  if (!window_since_) {
    if (std::any_of(waiting_.begin(), waiting_.end(), may_speak)) {
      window_since_ = now;
      changed_ = true;
    } else {
      return;
    }
  }
  if (*window_since_ > now) {
    window_since_ = now;  // the clock was set back
  }
  if (now - *window_since_ < rules_.window || incidents_.size() + 2 > max_incidents) {
    return;
  }
  window_since_.reset();
  changed_ = true;
  std::map<std::string, tracked> lost;
  std::map<std::string, tracked> others;
  for (auto each = waiting_.begin(); each != waiting_.end();) {
    if (!may_speak(*each)) {
      ++each;
      continue;
    }
    auto node = waiting_.extract(each++);
    auto& group = node.mapped().noted.value.key.rule == alert_rule::offline ? lost : others;
    group.insert(std::move(node));
  }
  const auto before = lost.empty() ? incidents_.end() : fresh_loss(now);
  if (before != incidents_.end()) {
    auto& [number, where] = *before;
    for (const auto& [id, known] : lost) {
      home_[id] = number;
    }
    where.alerts.merge(lost);
    where.quiet_since.reset();
  } else if (lost.size() >= rules_.mass) {
    open(std::move(lost), true, fleet_size, now, out);
  } else {
    others.merge(lost);
  }
  if (!others.empty()) {
    open(std::move(others), false, fleet_size, now, out);
  }
}

notify_planner::incident_map::iterator notify_planner::fresh_loss(unix_ms now) {
  return std::find_if(incidents_.begin(), incidents_.end(), [&](const auto& one) {
    return one.second.mass && now - one.second.opened < rules_.joins;
  });
}

void notify_planner::open(std::map<std::string, tracked> alerts, bool mass, std::size_t fleet_size,
                          unix_ms now, std::vector<notice>& out) {
  const auto number = next_number_++;
  auto& where = incidents_[number];
  where.id = make_id(number, now);
  where.opened = now;
  where.mass = mass;
  for (const auto& [id, known] : alerts) {
    home_[id] = number;
  }
  where.alerts = std::move(alerts);
  announce(where, notice_kind::opened, channels_for(where, notice_kind::opened), fleet_size, now, out);
}

// More hosts of the same loss, or an alert that is worse than was said.
void notify_planner::grow(incident& where, std::size_t fleet_size, unix_ms now, std::vector<notice>& out) {
  bool news = false;
  for (auto& [id, known] : where.alerts) {
    const bool untold = where.messages > 0 && !known.announced;
    if ((untold || known.worse) && known.noted.firing && has_budget(id)) {
      news = true;
      known.worse = false;
    }
  }
  if (news) {
    announce(where, notice_kind::grown, channels_for(where, notice_kind::grown), fleet_size, now, out);
  }
}

// Only what has been firing all the time since: an alert that keeps changing is not repeated.
void notify_planner::remind(incident& where, std::size_t fleet_size, unix_ms now, std::vector<notice>& out) {
  const auto waits_since = [&](unix_ms time) {
    return std::any_of(where.alerts.begin(), where.alerts.end(), [&](const auto& one) {
      return needs_a_person(one.second.noted) && one.second.since <= time;
    });
  };
  const auto severity = severity_of(where);
  std::vector<std::string> repeated;
  std::vector<std::string> escalated;
  for (const auto& channel : rules_.channels) {
    const auto told = where.told.find(channel.name);
    if (told != where.told.end()) {
      if (channel.repeat > milliseconds::zero() && now - told->second >= channel.repeat &&
          waits_since(told->second)) {
        repeated.push_back(channel.name);
      }
    } else if (channel.escalate_after > milliseconds::zero() && severity >= channel.min_severity &&
               now - where.opened >= channel.escalate_after && waits_since(where.opened)) {
      escalated.push_back(channel.name);
    }
  }
  announce(where, notice_kind::repeated, std::move(repeated), fleet_size, now, out);
  announce(where, notice_kind::escalated, std::move(escalated), fleet_size, now, out);
}

// True when the incident is over and can be forgotten.
bool notify_planner::settle(incident& where, std::size_t fleet_size, unix_ms now, std::vector<notice>& out) {
  if (!where.quiet_since || *where.quiet_since > now) {
    where.quiet_since = now;
    changed_ = true;
  }
  const auto keeps_changing = [](const auto& one) {
    return one.second.flapping || one.second.turns >= turns_that_are_enough;
  };
  const bool noisy = where.noisy || std::any_of(where.alerts.begin(), where.alerts.end(), keeps_changing);
  if (now - *where.quiet_since < (noisy ? std::max(rules_.steady, rules_.window) : rules_.window)) {
    return false;
  }
  const bool told = std::any_of(where.alerts.begin(), where.alerts.end(),
                                [](const auto& one) { return one.second.announced; });
  const bool payable = std::any_of(where.alerts.begin(), where.alerts.end(), [&](const auto& one) {
    return one.second.announced && has_budget(one.first);
  });
  if (told && !payable) {
    return false;
  }
  announce(where, notice_kind::resolved, channels_for(where, notice_kind::resolved), fleet_size, now, out);
  changed_ = true;
  return true;
}

alert_severity notify_planner::severity_of(const incident& where) {
  auto severity = alert_severity::warning;
  for (const auto& [id, known] : where.alerts) {
    severity = std::max(severity, known.noted.value.severity);
  }
  return severity;
}

std::vector<std::string> notify_planner::channels_for(const incident& where, notice_kind kind) const {
  const auto severity = severity_of(where);
  std::vector<std::string> out;
  for (const auto& channel : rules_.channels) {
    const bool told = where.told.contains(channel.name);
    const bool first = channel.escalate_after == milliseconds::zero() && severity >= channel.min_severity;
    if (kind == notice_kind::resolved ? told && channel.resolved : told || first) {
      out.push_back(channel.name);
    }
  }
  return out;
}

// Repeating and escalating cost nothing: they come only of what has not changed.
void notify_planner::announce(incident& where, notice_kind kind, std::vector<std::string> channels,
                              std::size_t fleet_size, unix_ms now, std::vector<notice>& out) {
  if (channels.empty()) {
    return;
  }
  changed_ = true;
  const bool costs = kind != notice_kind::repeated && kind != notice_kind::escalated;
  notice made;
  made.incident = where.id;
  made.number = ++where.messages;
  made.kind = kind == notice_kind::grown && made.number == 1 ? notice_kind::opened : kind;
  made.mass = where.mass;
  made.opened = where.opened;
  made.at = now;
  made.fleet_size = fleet_size;
  for (auto& [id, known] : where.alerts) {
    const bool firing = known.noted.firing;
    const bool resolved = kind == notice_kind::resolved && known.announced;
    if (costs && !((firing || resolved) && has_budget(id))) {
      continue;
    }
    if (!costs && !firing) {
      continue;
    }
    made.severity = std::max(made.severity, known.noted.value.severity);
    made.alerts.push_back(known.noted);
    known.announced = true;
    if (costs) {
      spend(id, now);
      where.noisy = where.noisy || !has_budget(id);
    }
  }
  made.noisy = where.noisy && kind != notice_kind::resolved;
  for (const auto& name : channels) {
    where.told[name] = now;
  }
  made.channels = std::move(channels);
  out.push_back(std::move(made));
}

bool notify_planner::has_budget(const std::string& id) const {
  const auto found = spent_.find(id);
  return found == spent_.end() || found->second.size() < rules_.daily;
}

void notify_planner::spend(const std::string& id, unix_ms now) { spent_[id].push_back(now); }

void notify_planner::forget_old(unix_ms now) {
  for (auto each = spent_.begin(); each != spent_.end();) {
    // Times ahead of a clock that was set back are forgotten too.
    std::erase_if(each->second, [now](unix_ms time) { return now - time >= day || time - now >= day; });
    each = each->second.empty() ? spent_.erase(each) : std::next(each);
  }
}

}  // namespace atlas
