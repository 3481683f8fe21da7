#include "ingest/tenant_service.hpp"

#include "core/json_text.hpp"
#include "core/topic.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include <spdlog/spdlog.h>

namespace atlas::ingest {

namespace {

constexpr std::size_t max_strangers = 10'000;
constexpr std::uint32_t focused_interval = 1;  // second

// The host that a message is about; nothing for events that do not come from a message.
const host_id* host_of(const fleet_event& event) {
  struct visitor {
    const host_id* operator()(const sample_received& e) const { return &e.host; }
    const host_id* operator()(const status_received& e) const { return &e.host; }
    const host_id* operator()(const info_received& e) const { return &e.host; }
    const host_id* operator()(const alert_restored& e) const {
      return e.value.key.rule == alert_rule::isolation ? nullptr : &e.value.key.host;
    }
    const host_id* operator()(const host_labelled&) const { return nullptr; }
    const host_id* operator()(const host_registered&) const { return nullptr; }
    const host_id* operator()(const host_removed&) const { return nullptr; }
    const host_id* operator()(const alert_remembered&) const { return nullptr; }
    const host_id* operator()(const alert_acknowledged&) const { return nullptr; }
    const host_id* operator()(const sample_remembered&) const { return nullptr; }
    const host_id* operator()(const silences_changed&) const { return nullptr; }
    const host_id* operator()(const rules_changed&) const { return nullptr; }
    const host_id* operator()(const isolation_checked&) const { return nullptr; }
    const host_id* operator()(const time_passed&) const { return nullptr; }
  };
  return std::visit(visitor{}, event);
}

}  // namespace

tenant_service::tenant_service(tenant_options options, tenants::registry& hosts, history& samples,
                               retained_publisher& broker, const wall_clock& clock)
    : options_(std::move(options)),
      registry_(hosts),
      history_(samples),
      broker_(broker),
      clock_(clock),
      fleet_(options_.rules),
      pause_(options_.rules.offline_after + time_to_reconnect) {}

void tenant_service::apply(std::span<fleet_event> events) {
  const unix_ms now = clock_.now();
  look_at_link(now);
  for (auto& event : events) {
    if (!is_last_will_of_a_restart(event, now) && admit(event)) {
      apply_one(std::move(event), now);
    }
  }
  carry_out();
}

void tenant_service::look_at_link(unix_ms now) {
  if (link_) {
    const auto [is_subscribed, connects] = link_();
    pause_.look(is_subscribed, connects, now);
  }
}

// A host that does not come back from it falls silent when the pause is over.
bool tenant_service::is_last_will_of_a_restart(const fleet_event& event, unix_ms now) const {
  const auto* status = std::get_if<status_received>(&event);
  return status != nullptr && status->value.state == reported_state::lost && pause_.is_on(now);
}

// Credentials are given to registered hosts only, but a message may have waited while its host was revoked.
bool tenant_service::admit(const fleet_event& event) {
  const host_id* host = host_of(event);
  if (host == nullptr || fleet_.find(*host) != nullptr) {
    return true;
  }
  if (is_registered(*host)) {
    add(*host);
    return true;
  }
  refuse(event, *host);
  return false;
}

bool tenant_service::is_registered(const host_id& host) {
  if (strangers_.contains(host)) {
    return false;
  }
  const auto found = registry_.host(host);
  if (!found) {
    spdlog::error("{}: {}", found.error().where, found.error().what);
    return false;
  }
  if (!found->has_value() && strangers_.size() < max_strangers && strangers_.insert(host).second) {
    clear_topics(host);
  }
  return found->has_value();
}

void tenant_service::refuse(const fleet_event& event, const host_id& host) {
  ++(std::holds_alternative<sample_received>(event) ? counters_.unknown_samples : counters_.unknown_messages);
  if (const auto* restored = std::get_if<alert_restored>(&event)) {
    broker_.publish_retained(format_topic(alert_topic{options_.org, host, restored->value.key.topic_level()}),
                             {});
  }
}

void tenant_service::apply_one(fleet_event event, unix_ms now) {
  const bool is_sample = std::holds_alternative<sample_received>(event);
  fleet_.apply(std::move(event), now, effects_);
  if (!is_sample) {
    return;
  }
  ++counters_.accepted;
  for (const auto& row : effects_.recorded) {
    counters_.repeated += row.repeated ? 1 : 0;
    counters_.late += row.late && !row.repeated ? 1 : 0;
    history_.append(row.host->id, row.late ? *row.late : *row.host->newest);
  }
  effects_.recorded.clear();
}

void tenant_service::carry_out() {
  for (const auto& value : effects_.alerts) {
    publish_alert(value);
  }
  if (on_effects_) {
    on_effects_(effects_);
  }
  effects_.clear();
}

void tenant_service::check_isolation(std::size_t breaches) {
  apply_one(isolation_checked{breaches}, clock_.now());
  carry_out();
}

void tenant_service::tick() {
  const unix_ms now = clock_.now();
  look_at_link(now);
  if (!pause_.is_on(now)) {
    apply_one(time_passed{}, now);
  }
  carry_out();
  publish_summary();
}

void tenant_service::sync_hosts(const std::vector<tenants::registered_host>& registered) {
  strangers_.clear();
  std::unordered_set<host_id> present;
  for (const auto& host : registered) {
    present.insert(host.id);
    if (fleet_.find(host.id) == nullptr) {
      add(host.id);
    }
    apply_one(host_labelled{host.id, host.label}, clock_.now());
  }
  for (const auto* host : fleet_.hosts()) {
    const host_id id = host->id;
    // The list may be older than a host that has come since.
    if (!present.contains(id)) {
      if (const auto found = registry_.host(id); found && !found->has_value()) {
        spdlog::info("{}: the host is revoked", id.text());
        forget(id);
      }
    }
  }
  carry_out();
}

void tenant_service::label_host(const host_id& host, host_label label) {
  apply_one(host_labelled{host, std::move(label)}, clock_.now());
  carry_out();
}

void tenant_service::add(const host_id& host) {
  apply_one(host_registered{host}, clock_.now());
  publish_config(host, lookers_.contains(host) ? focused_interval : options_.report_interval);
}

void tenant_service::forget(const host_id& host) {
  apply_one(host_removed{host}, clock_.now());
  carry_out();
  history_.erase(host);
  clear_topics(host);
  lookers_.erase(host);
}

bool tenant_service::remove_host(const web::actor& by, const host_id& host) {
  const auto as = registry_.acting_as({by.name, by.address});
  const auto revoked = registry_.revoke_host(host);
  if (!revoked) {
    spdlog::error("{}: {}", revoked.error().where, revoked.error().what);
    return false;
  }
  const bool known = fleet_.find(host) != nullptr;
  if (known) {
    spdlog::info("{}: the host is removed from the dashboard", host.text());
    forget(host);
  }
  return known || *revoked;
}

void tenant_service::focus(const host_id& host, bool on) {
  if (fleet_.find(host) == nullptr) {
    return;
  }
  if (on) {
    if (++lookers_[host] == 1 && options_.report_interval > focused_interval) {
      publish_config(host, focused_interval);
    }
    return;
  }
  const auto found = lookers_.find(host);
  if (found != lookers_.end() && --found->second == 0) {
    lookers_.erase(found);
    publish_config(host, options_.report_interval);
  }
}

void tenant_service::set_report_interval(std::uint32_t seconds) {
  if (std::exchange(options_.report_interval, seconds) == seconds) {
    return;
  }
  for (const auto* host : fleet_.hosts()) {
    if (!lookers_.contains(host->id)) {
      publish_config(host->id, seconds);
    }
  }
}

void tenant_service::publish_config(const host_id& host, std::uint32_t interval) {
  broker_.publish_retained(topic_of(host, to_string(host_channel::config)),
                           R"({"report_interval":)" + std::to_string(interval) + "}");
}

void tenant_service::publish_summary() {
  const auto counts = fleet_.counts();
  std::string text;
  const auto append = [&text](std::string_view name, std::size_t count) {
    text += text.ends_with('{') ? "\"" : ",\"";
    text += std::string(name) + "\":" + std::to_string(count);
  };
  text += R"({"hosts":{)";
  for (const auto& [presence, count] : counts.hosts) {
    append(to_string(presence), count);
  }
  text += R"(},"alerts":{)";
  for (const auto& [severity, count] : counts.alerts) {
    append(to_string(severity), count);
  }
  text += "}}";
  if (text != summary_) {
    summary_ = text;
    broker_.publish_retained(format_topic(summary_topic{options_.org}), std::move(text));
  }
}

void tenant_service::clear_topics(const host_id& host) {
  for (const auto channel : {host_channel::info, host_channel::status, host_channel::config}) {
    broker_.publish_retained(topic_of(host, to_string(channel)), {});
  }
  const auto found = alert_topics_.find(host);
  if (found == alert_topics_.end()) {
    return;
  }
  for (const auto& [level, standing] : found->second) {
    broker_.publish_retained(format_topic(alert_topic{options_.org, host, level}), {});
  }
  alert_topics_.erase(found);
}

std::string tenant_service::topic_of(const host_id& host, std::string_view channel) const {
  return "org/" + std::string(options_.org.text()) + "/host/" + std::string(host.text()) + "/" +
         std::string(channel);
}

std::vector<web::readiness_check> tenant_service::readiness() const {
  std::vector<web::readiness_check> checks;
  for (const auto& source : readiness_) {
    checks.push_back(source());
  }
  return checks;
}

web::isolation_report tenant_service::isolation() const {
  return isolation_ ? isolation_() : web::isolation_report{};
}

std::string tenant_service::metrics_text(web::metrics_scope scope) const {
  return render_metrics_ ? render_metrics_(scope) : std::string{};
}

}  // namespace atlas::ingest
