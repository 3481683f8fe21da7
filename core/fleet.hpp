#pragma once

#include "core/alert.hpp"
#include "core/host_info.hpp"
#include "core/host_label.hpp"
#include "core/host_status.hpp"
#include "core/presence.hpp"
#include "core/rule_book.hpp"
#include "core/sample.hpp"
#include "core/silence.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace atlas {

// What the fleet is told. Arrival times come as `now` of apply().
struct host_registered {
  host_id host;
};
struct host_removed {
  host_id host;
};
struct sample_received {
  host_id host;
  sample value;
  bool catching_up = false;  // it came in an array, which says that it may have waited
};
struct status_received {
  host_id host;
  host_status value;
};
struct info_received {
  host_id host;
  host_info value;
};
// People have written something else about a host that is known.
struct host_labelled {
  host_id host;
  host_label value;
};
// An alert that an earlier run of the service left on its retained topic. Where the store remembers it too,
// whichever is newer counts.
struct alert_restored {
  alert value;
};
// What an earlier run of the service stored of an alert; before alert_restored and before any sample.
struct alert_remembered {
  alert_memory value;
};
// The newest sample that an earlier run saw of a host; before any sample. What is older comes late.
struct sample_remembered {
  host_id host;
  unix_ms ts{};
  std::string boot;
  std::optional<std::uint64_t> seq;
};
// Somebody sees to a firing alert; says nothing of one that does not fire.
struct alert_acknowledged {
  alert_key key;
  std::string by;
};
// All silences that there are from now on.
struct silences_changed {
  std::vector<silence> silences;
};
// The canary has tried what must fail.
struct isolation_checked {
  std::size_t breaches = 0;  // attempts that did not fail
};
struct fleet_rules;
// Other rules hold from now on: what is raised is looked at anew with its host's next sample. Where hosts are
// to have no alerts, theirs are over at once.
struct rules_changed {
  std::shared_ptr<const fleet_rules> rules;  // never null; shared, so that events stay small
};
// Comes about once a second; finds silent hosts.
struct time_passed {};

using fleet_event =
    std::variant<host_registered, host_removed, sample_received, status_received, info_received,
                 host_labelled, alert_restored, alert_remembered, sample_remembered, alert_acknowledged,
                 silences_changed, isolation_checked, rules_changed, time_passed>;

// Everything known of one host. Stable in memory until the host is removed.
struct host_state {
  explicit host_state(host_id value) : id(value) {}
  host_id id;
  presence_state presence;
  std::optional<sample> newest;  // the newest sample that was not late
  std::optional<host_info> info;
  host_label label;
  std::vector<std::string> tags;  // the agent's and people's: what rules, silences and searches go by
  std::uint64_t samples = 0;      // accepted, repeated ones not counted
  std::uint64_t repeated = 0;     // samples of a (boot, seq) that was not new
  std::uint64_t late = 0;         // older than the newest: history only
  std::uint64_t missing = 0;      // gaps in seq within a boot
  // How far its clock is ahead of this machine's, negative when it is behind; nothing while that is little.
  std::optional<milliseconds> clock_offset;
  std::uint64_t revision = 0;  // fleet::revision() of its newest change
  std::uint32_t warnings = 0;  // alerts that are raised, by severity
  std::uint32_t criticals = 0;
};

// A sample for history: host->newest, or `late` when it is older than that. Read it before the next apply().
struct recorded_sample {
  const host_state* host;
  std::optional<sample> late;
  bool repeated = false;  // it has come before; history may have missed it
};

// A step in the life of a host.
struct host_event {
  host_id host;
  unix_ms at{};
  std::optional<host_presence> presence;  // that began; nothing: the host came with this boot
  std::string boot;                       // that the host has then; empty when it names none
};

// What follows from an event. The caller clears and reuses one object. Pointers are valid until that host is
// removed.
struct fleet_effects {
  std::vector<const host_state*> changed;  // show to browsers; may name a host twice
  std::vector<host_id> removed;
  std::vector<alert> alerts;           // fired, resolved or changed in place: see alert_change
  std::vector<alert_memory> memories;  // to be stored; an empty one is to be forgotten
  std::vector<recorded_sample> recorded;
  std::vector<host_event> events;  // the first boot of a run too, which an earlier run may know
  void clear();
};

struct fleet_rules {
  bool alerts_enabled = true;
  rule_settings levels = usual_rule_settings();  // offline: `offline_after` where it has no level
  std::vector<rule_override> overrides;
  alert_timing timing;  // the gap: offline_after, or twice the interval of the host's samples
  milliseconds offline_after{30'000};
  std::size_t max_hosts = 100'000;  // further unknown hosts are ignored and counted
  friend bool operator==(const fleet_rules&, const fleet_rules&) = default;
};

struct fleet_counts {
  std::map<host_presence, std::size_t> hosts;
  std::map<alert_severity, std::size_t> alerts;  // firing or acknowledged
};

// All hosts of one organisation: a pure step function over events. One thread.
class fleet {
 public:
  explicit fleet(fleet_rules rules);
  ~fleet();

  // Appends to `effects`. Samples of one host must come in arrival order.
  void apply(fleet_event event, unix_ms now, fleet_effects& effects);

  const host_state* find(const host_id& host) const;
  // In order of first appearance.
  std::vector<const host_state*> hosts() const;
  std::size_t size() const;
  // Firing and acknowledged alerts, by key.
  std::vector<alert> firing_alerts() const;
  std::vector<alert> firing_alerts(const host_id& host) const;
  // Alerts that wait for their hold time, by key.
  std::vector<alert> pending_alerts() const;
  std::optional<alert> find_alert(const alert_key& key) const;
  // The ids of the silences that are on.
  std::set<std::string> active_silences() const;
  // What a later run is to be told by alert_remembered.
  std::vector<alert_memory> memories() const;
  fleet_counts counts() const;
  // Counts up with whatever the effects tell browsers of: hosts that change, come and go, and alerts.
  std::uint64_t revision() const { return revision_; }
  // The revision of the newest change of an alert.
  std::uint64_t alerts_revision() const { return alerts_revision_; }
  // Events of hosts that max_hosts left no room for.
  std::uint64_t ignored_hosts() const;

 private:
  struct entry;
  struct machine;
  enum class alert_filter { raised, pending };

  entry* find_or_add(const host_id& host, unix_ms now, fleet_effects& effects);
  void tell_change(entry& host, fleet_effects& effects);
  void tell_alert(alert told, alert_change change, fleet_effects& effects);

  void on(const host_registered& event, unix_ms now, fleet_effects& effects);
  void on(const host_removed& event, unix_ms now, fleet_effects& effects);
  void on(sample_received event, unix_ms now, fleet_effects& effects);
  void on(const status_received& event, unix_ms now, fleet_effects& effects);
  void on(info_received event, unix_ms now, fleet_effects& effects);
  void on(host_labelled event, unix_ms now, fleet_effects& effects);
  void on(const alert_restored& event, unix_ms now, fleet_effects& effects);
  void on(const alert_remembered& event, unix_ms now, fleet_effects& effects);
  void on(const sample_remembered& event, unix_ms now, fleet_effects& effects);
  void on(const alert_acknowledged& event, unix_ms now, fleet_effects& effects);
  void on(const silences_changed& event, unix_ms now, fleet_effects& effects);
  void on(const isolation_checked& event, unix_ms now, fleet_effects& effects);
  void on(const rules_changed& event, unix_ms now, fleet_effects& effects);
  void on(const time_passed& event, unix_ms now, fleet_effects& effects);

  void set_presence(entry& host, const presence_state& next, unix_ms now, fleet_effects& effects);
  static void see_boot(entry& host, std::string_view boot, unix_ms now, fleet_effects& effects);

  // fleet_rules.cpp
  void choose_rules(entry& host);
  void join_tags(entry& host, fleet_effects& effects);
  void end_alerts_of_hosts(unix_ms now, fleet_effects& effects);

  // fleet_samples.cpp
  void step_sample_alerts(entry& host, fleet_effects& effects);
  void step_trends(entry& host, fleet_effects& effects);
  static void match_trends(entry& host);
  void settle_machines(entry& host, fleet_effects& effects);

  // fleet_alerts.cpp
  bool is_news(entry& host, alert_rule rule, std::string_view instance, double value) const;
  void observe(entry& host, alert_rule rule, std::string_view instance, double value, fleet_effects& effects);
  void step(entry& host, machine& which, double value, unix_ms at, fleet_effects& effects);
  void step_own(entry& host, alert_rule rule, double value, unix_ms now, fleet_effects& effects);
  void step_offline_alert(entry& host, unix_ms now, fleet_effects& effects);
  void step_duplicate_alert(entry& host, unix_ms now, fleet_effects& effects);
  void take(entry& host, machine& which, const alert_step& next, fleet_effects& effects);
  void end(entry& host, machine& which, unix_ms at, fleet_effects& effects);
  void forget_quiet(entry& host, unix_ms now, fleet_effects& effects);
  void count(entry& host, const machine& which, bool raised);

  // fleet_lists.cpp
  alert describe(const entry& host, const machine& which) const;
  void append_alerts(const entry& host, alert_filter which, std::vector<alert>& out) const;
  void follow_silences(unix_ms now, fleet_effects& effects);
  void mark_all_silenced(fleet_effects& effects);
  void mark_silenced(entry& host, fleet_effects& effects);
  bool is_silenced(const entry& host, alert_rule rule) const;

  // fleet_restore.cpp
  void adopt(entry& host, machine& which, const alert_state& state, unix_ms now, fleet_effects& effects);
  std::pair<entry*, machine*> find_machine(const alert_key& key) const;
  std::pair<entry*, machine*> find_or_add_machine(const alert_key& key, unix_ms now, fleet_effects& effects);

  fleet_rules rules_;
  rule_book book_;
  std::vector<silence> silences_;
  std::vector<bool> silences_on_;        // which of them are on
  std::unique_ptr<entry> organisation_;  // bears the organisation's own alerts
  std::unordered_map<host_id, std::unique_ptr<entry>> entries_;
  std::vector<entry*> order_;
  std::map<host_id, entry*> alarmed_;  // hosts with a raised alert
  std::array<std::size_t, all_presences.size()> presences_{};
  std::array<std::size_t, 2> severities_{};  // raised alerts
  std::uint64_t ignored_hosts_ = 0;
  std::uint64_t revision_ = 0;
  std::uint64_t alerts_revision_ = 0;
};

}  // namespace atlas
