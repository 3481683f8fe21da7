// The alerts of an organisation: what an earlier run left of them, and what others are told.
#include "core/topic.hpp"
#include "ingest/tenant_service.hpp"

#include <memory>
#include <utility>

#include <spdlog/spdlog.h>

namespace atlas::ingest {

namespace {

void log_alert(const alert& value) {
  const auto what = value.key.instance.empty()
                        ? std::string(to_string(value.key.rule))
                        : std::string(to_string(value.key.rule)) + " of " + value.key.instance;
  const auto host = value.key.host.text();
  switch (value.change) {
    case alert_change::none: return;
    case alert_change::fired:
      spdlog::warn("{}: alert {} at {:.1f}, threshold {:g}", host, what, value.value, value.threshold);
      return;
    case alert_change::resolved:
      spdlog::info("{}: alert {} has cleared at {:.1f}", host, what, value.value);
      return;
    case alert_change::acknowledged:
      spdlog::info("{}: alert {} is acknowledged by {}", host, what, value.acknowledged_by);
      return;
    case alert_change::escalated:
    case alert_change::lowered:
      spdlog::warn("{}: alert {} is {} now at {:.1f}", host, what, to_string(value.severity), value.value);
      return;
    case alert_change::flapping:
      spdlog::warn("{}: alert {} goes up and down; it stays raised until it has been calm", host, what);
      return;
    case alert_change::silenced: spdlog::info("{}: alert {} is silenced", host, what); return;
    case alert_change::unsilenced: spdlog::info("{}: alert {} is no longer silenced", host, what); return;
  }
}

// What of an alert is worth publishing again after a restart: all but its value.
std::string standing_of(alert value) {
  value.value = 0;
  value.silenced = false;
  return format_alert(value);
}

}  // namespace

void tenant_service::remember(std::vector<alert_memory> memories, std::vector<sample_remembered> newest) {
  const unix_ms now = clock_.now();
  for (auto& each : newest) {
    if (fleet_.find(each.host) != nullptr) {
      apply_one(std::move(each), now);
    }
  }
  for (auto& each : memories) {
    const bool is_of_all = each.key.rule == alert_rule::isolation;
    if (is_of_all || fleet_.find(each.key.host) != nullptr || is_registered(each.key.host)) {
      apply_one(alert_remembered{std::move(each)}, now);
    } else {
      effects_.memories.push_back({std::move(each.key), {}});  // of a host that is gone: to be forgotten
    }
  }
  carry_out();
}

void tenant_service::restore(std::vector<alert> alerts) {
  const unix_ms now = clock_.now();
  for (auto& value : alerts) {
    const auto host = value.key.host;
    auto level = value.key.topic_level();
    auto standing = standing_of(value);
    fleet_event event = alert_restored{std::move(value)};
    if (!admit(event)) {
      continue;
    }
    alert_topics_[host].insert_or_assign(std::move(level), std::move(standing));
    apply_one(std::move(event), now);
  }
  carry_out();
  mend_retained();
}

// The broker may not have got the newest of the run before, or may have lost it.
void tenant_service::mend_retained() {
  for (const auto& value : fleet_.firing_alerts()) {
    const auto& levels = alert_topics_[value.key.host];
    const auto found = levels.find(value.key.topic_level());
    if (found == levels.end() || found->second != standing_of(value)) {
      publish_alert(value);
    }
  }
  std::vector<alert> over;
  for (const auto& [host, levels] : alert_topics_) {
    for (const auto& [level, standing] : levels) {
      auto retained = parse_alert(standing);
      if (!retained || !is_raised(retained->phase)) {
        continue;
      }
      const auto present = fleet_.find_alert(retained->key);
      if (!present || !is_raised(present->phase)) {
        retained->phase = alert_phase::ok;
        retained->since = clock_.now();
        over.push_back(present.value_or(*std::move(retained)));
      }
    }
  }
  for (auto& value : over) {
    value.phase = alert_phase::ok;
    publish_alert(value);
  }
}

void tenant_service::set_silences(std::vector<silence> silences) {
  apply_one(silences_changed{std::move(silences)}, clock_.now());
  carry_out();
}

// The broker is told of levels that are others now.
void tenant_service::change(fleet_rules rules, std::uint32_t report_interval) {
  set_report_interval(report_interval);
  if (rules == options_.rules) {
    return;
  }
  options_.rules = std::move(rules);
  pause_.set_grace(options_.rules.offline_after + time_to_reconnect);
  apply_one(rules_changed{std::make_shared<const fleet_rules>(options_.rules)}, clock_.now());
  carry_out();
  mend_retained();
}

bool tenant_service::acknowledge(const alert_key& key, const std::string& by) {
  apply_one(alert_acknowledged{key, by}, clock_.now());
  const bool done = !effects_.alerts.empty();
  carry_out();
  return done;
}

void tenant_service::publish_alert(const alert& value) {
  log_alert(value);
  auto level = value.key.topic_level();
  auto topic = format_topic(alert_topic{options_.org, value.key.host, level});
  alert_topics_[value.key.host].insert_or_assign(std::move(level), standing_of(value));
  broker_.publish_retained(std::move(topic), format_alert(value));
}

}  // namespace atlas::ingest
