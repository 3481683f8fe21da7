#pragma once

#include "core/notification.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atlas {

// What a channel wants to hear of.
struct channel_policy {
  std::string name;
  alert_severity min_severity = alert_severity::warning;
  bool resolved = true;
  milliseconds repeat{0};          // until acknowledged; 0: never
  milliseconds escalate_after{0};  // 0: at once; else only what is not acknowledged by then
};

struct notify_rules {
  milliseconds window{30'000};                     // changes that come together are one message
  std::size_t mass = 5;                            // hosts lost in one window that are one loss
  milliseconds steady = std::chrono::minutes(30);  // until an alert that kept changing is believed
  std::size_t daily = 3;                           // messages about changes of one alert, in 24 hours
  milliseconds joins = std::chrono::minutes(10);   // hosts lost so soon after others belong to them
  std::vector<channel_policy> channels;
};

// The state of an alert, as the alert engine tells it.
struct alert_news {
  alert value;
  bool firing = false;
  bool acknowledged = false;
  bool silenced = false;
  bool flapping = false;
};

// Turns alerts that fire and resolve into few messages: a step function over states, so that news that was
// missed, or that comes twice, does no harm. One thread.
//
// An alert that fires waits for `window`, and goes unmentioned when it has resolved by then; what fires in
// one window is one incident, and hosts that are lost together are one of their own. An incident is over when
// all of its alerts have been over for a window. An alert that fires again before stays in it without a word.
class notify_planner {
 public:
  explicit notify_planner(notify_rules rules);

  // Alerts that changed, in order. `fleet_size` is the number of hosts.
  std::vector<notice> step(std::span<const alert_news> changes, std::size_t fleet_size, unix_ms now);
  // All alerts that fire: what is not among them has resolved. Heals what a crash or a full queue has lost.
  std::vector<notice> reconcile(std::span<const alert_news> firing, std::size_t fleet_size, unix_ms now);

  // How long changes are gathered, from now on.
  void set_window(milliseconds window) { rules_.window = window; }

  std::size_t open_incidents() const { return incidents_.size(); }
  // Whether anything was taken since the state was last saved.
  bool is_changed() const { return changed_; }

  // The whole state as JSON, and back; a text that is no such state is an error and changes nothing.
  std::string save();
  result<void> load(std::string_view json);

 private:
  struct tracked {
    noted_alert noted;
    unix_ms since{};          // it fires, or is over: by the clock of `now`
    std::uint32_t turns = 1;  // how often it has fired while it waited
    bool announced = false;
    bool flapping = false;
    bool worse = false;  // its severity rose, and nobody was told yet
  };
  struct incident {
    std::string id;
    unix_ms opened{};
    bool mass = false;
    bool noisy = false;
    std::optional<unix_ms> quiet_since;
    std::uint32_t messages = 0;
    std::map<std::string, tracked> alerts;  // by id
    std::map<std::string, unix_ms> told;    // channel → its newest message
  };
  using incident_map = std::map<std::uint64_t, incident>;

  void take(const alert_news& news, unix_ms now);
  void take_firing(const alert_news& news, const std::string& id, unix_ms now);
  void take_outside(const alert_news& news, const std::string& id, unix_ms now);
  std::vector<notice> advance(std::size_t fleet_size, unix_ms now);
  void close_window(std::size_t fleet_size, unix_ms now, std::vector<notice>& out);
  void open(std::map<std::string, tracked> alerts, bool mass, std::size_t fleet_size, unix_ms now,
            std::vector<notice>& out);
  void grow(incident& where, std::size_t fleet_size, unix_ms now, std::vector<notice>& out);
  void remind(incident& where, std::size_t fleet_size, unix_ms now, std::vector<notice>& out);
  bool settle(incident& where, std::size_t fleet_size, unix_ms now, std::vector<notice>& out);
  void announce(incident& where, notice_kind kind, std::vector<std::string> channels, std::size_t fleet_size,
                unix_ms now, std::vector<notice>& out);
  static alert_severity severity_of(const incident& where);
  std::vector<std::string> channels_for(const incident& where, notice_kind kind) const;
  incident_map::iterator fresh_loss(unix_ms now);

  bool has_budget(const std::string& id) const;
  void spend(const std::string& id, unix_ms now);
  void forget_old(unix_ms now);

  notify_rules rules_;
  std::uint64_t next_number_ = 1;
  std::optional<unix_ms> window_since_;
  std::map<std::string, tracked> waiting_;  // fire, or did just now, and belong to no incident yet
  incident_map incidents_;
  std::map<std::string, std::uint64_t> home_;          // alert → its incident
  std::map<std::string, std::vector<unix_ms>> spent_;  // alert → messages of the last 24 hours
  bool changed_ = false;
};

}  // namespace atlas
