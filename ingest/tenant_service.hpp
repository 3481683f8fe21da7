#pragma once

#include "core/fleet.hpp"
#include "core/history.hpp"
#include "core/org_id.hpp"
#include "ingest/broker_pause.hpp"
#include "ingest/clock.hpp"
#include "ingest/retained_publisher.hpp"
#include "tenants/registry.hpp"
#include "web/ports.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace atlas::ingest {

// Until a host that has lost the broker is back, beyond `offline_after`.
inline constexpr milliseconds time_to_reconnect{10'000};

struct tenant_options {
  org_id org;
  fleet_rules rules;
  std::uint32_t report_interval = 10;  // seconds
};

struct tenant_counters {
  std::uint64_t accepted = 0;  // samples of registered hosts, repeated ones included
  std::uint64_t repeated = 0;
  std::uint64_t late = 0;
  // Of hosts that are not registered:
  std::uint64_t unknown_samples = 0;
  std::uint64_t unknown_messages = 0;  // inventories, statuses and alerts
};

// One organisation: owns the fleet, applies events to it and carries out what follows. Loop thread.
class tenant_service final : public web::service {
 public:
  using effects_handler = std::function<void(const fleet_effects&)>;
  using readiness_source = std::function<web::readiness_check()>;

  // The references outlive this object. `hosts` is the loop thread's own connection.
  tenant_service(tenant_options options, tenants::registry& hosts, history& samples,
                 retained_publisher& broker, const wall_clock& clock);

  // Called after each batch of events, for the browsers.
  void on_effects(effects_handler handler) { on_effects_ = std::move(handler); }
  void add_readiness(readiness_source source) { readiness_.push_back(std::move(source)); }
  void on_metrics(std::function<std::string(web::metrics_scope)> render) {
    render_metrics_ = std::move(render);
  }
  // How things stand with the broker: whether there is a subscription, and how many connections there were.
  void on_link(std::function<std::pair<bool, std::uint64_t>()> link) { link_ = std::move(link); }
  void on_isolation(std::function<web::isolation_report()> report) { isolation_ = std::move(report); }

  // Moves the events out.
  void apply(std::span<fleet_event> events);
  // What an earlier run stored of its alerts: before restore() and any sample.
  void remember(std::vector<alert_memory> memories, std::vector<sample_remembered> newest);
  // The alerts that an earlier run left at the broker. Those that are not as they should be are published.
  void restore(std::vector<alert> alerts);
  void set_silences(std::vector<silence> silences);
  // Whether it fires and was not acknowledged before.
  bool acknowledge(const alert_key& key, const std::string& by);
  // What people have written about a host.
  void label_host(const host_id& host, host_label label);
  // Other rules, and another interval for the agents, hold from now on.
  void change(fleet_rules rules, std::uint32_t report_interval);
  // The canary has finished a round.
  void check_isolation(std::size_t breaches);
  // Once a second.
  void tick();
  // The registry as it was read on another thread: new hosts appear, revoked ones go.
  void sync_hosts(const std::vector<tenants::registered_host>& registered);

  const fleet& hosts() const { return fleet_; }
  const tenant_counters& counters() const { return counters_; }

  std::vector<web::readiness_check> readiness() const override;
  web::isolation_report isolation() const override;
  std::string metrics_text(web::metrics_scope scope) const override;
  // Revokes it in the registry too: its credential ends with the next 'atlas-fleet broker apply'.
  bool remove_host(const web::actor& by, const host_id& host) override;
  void focus(const host_id& host, bool on) override;

 private:
  void look_at_link(unix_ms now);
  bool is_last_will_of_a_restart(const fleet_event& event, unix_ms now) const;
  bool admit(const fleet_event& event);
  bool is_registered(const host_id& host);
  void refuse(const fleet_event& event, const host_id& host);
  void add(const host_id& host);
  void forget(const host_id& host);
  void apply_one(fleet_event event, unix_ms now);
  void carry_out();
  void publish_alert(const alert& value);
  void mend_retained();
  void set_report_interval(std::uint32_t seconds);
  void publish_config(const host_id& host, std::uint32_t interval);
  void publish_summary();
  void clear_topics(const host_id& host);
  std::string topic_of(const host_id& host, std::string_view channel) const;

  tenant_options options_;
  tenants::registry& registry_;
  history& history_;
  retained_publisher& broker_;
  const wall_clock& clock_;
  fleet fleet_;
  fleet_effects effects_;
  tenant_counters counters_;
  effects_handler on_effects_;
  std::vector<readiness_source> readiness_;
  std::function<std::string(web::metrics_scope)> render_metrics_;
  std::function<web::isolation_report()> isolation_;
  std::function<std::pair<bool, std::uint64_t>()> link_;
  broker_pause pause_;

  // By host and last level of the topic: the alert as the broker retains it, but for its value.
  std::unordered_map<host_id, std::map<std::string, std::string>> alert_topics_;
  std::unordered_map<host_id, std::size_t> lookers_;
  std::unordered_set<host_id> strangers_;  // found unregistered since the last sync; bounded
  std::string summary_;
};

}  // namespace atlas::ingest
