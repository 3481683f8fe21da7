#pragma once

#include "core/notify_planner.hpp"
#include "notify/message.hpp"
#include "notify/outbox.hpp"
#include "notify/sender.hpp"
#include "web/notify_port.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace atlas::ingest {

struct notifier_options {
  org_look look;
  notify_rules rules;
  std::vector<notify_channel> channels;
};

// Plans notifications and delivers them, on a thread and a database connection of its own: neither a receiver
// nor the disk makes the loop wait. What it is told waits in a bounded queue; news that finds no room is made
// good by the next reconcile().
class notifier {
 public:
  using test_handler = std::function<void(std::vector<web::channel_outcome>)>;

  notifier(notifier_options options, notify::outbox store);
  ~notifier();  // stops; what is under way is sent again after the next start
  notifier(const notifier&) = delete;
  notifier& operator=(const notifier&) = delete;

  void start();

  // Any thread, quick.
  void tell(std::vector<alert_news> changes, std::size_t fleet_size);
  void reconcile(std::vector<alert_news> firing, std::size_t fleet_size);
  // Sends a test message through one channel or all of them; `done` is called on the notifier's thread.
  void test(std::optional<std::string> channel, test_handler done);
  // How messages look, and for how long alerts are gathered into one: for what is planned or sent from now
  // on.
  void change(org_look look, milliseconds window);
  std::vector<web::channel_report> report() const;
  std::string store_trouble() const;  // empty while the outbox can be written

 private:
  struct input {
    std::vector<alert_news> news;
    bool is_all = false;
    std::size_t fleet_size = 0;
  };
  struct test_order {
    std::optional<std::string> channel;
    test_handler done;
  };
  struct test_round {
    std::vector<web::channel_outcome> results;
    std::map<std::int64_t, std::string> running;  // ticket → channel
    test_handler done;
  };

  void run();
  void take_orders(unix_ms now);
  void save(unix_ms now);
  void start_due(unix_ms now);
  void begin(const notify::outbox_row& row, const notify_channel& channel, unix_ms now);
  void begin_test(test_order order, unix_ms now);
  void finish(std::int64_t ticket, const notify::attempt& outcome, unix_ms now);
  void finish_test(std::int64_t ticket, const notify::attempt& outcome);
  void keep(const result<void>& written);
  void count_rows();
  const notify_channel* find_channel(std::string_view name) const;

  const std::vector<notify_channel> channels_;

  // The notifier's thread alone:
  org_look look_;
  notify::outbox store_;
  notify::sender sender_;
  notify_planner planner_;
  std::size_t fleet_size_ = 0;
  bool unsaved_state_ = false;
  std::vector<notice> unsaved_;                           // planned, not in the outbox yet
  std::map<std::int64_t, notify::outbox_row> under_way_;  // by id
  std::set<std::int64_t> delivered_;                      // but not marked so, because the store failed
  std::vector<test_round> tests_;
  std::int64_t next_test_ = -1;
  unix_ms counted_{};

  mutable std::mutex mutex_;  // guards the members below
  std::vector<input> inputs_;
  std::optional<std::pair<org_look, milliseconds>> change_;
  std::size_t waiting_news_ = 0;
  std::vector<test_order> orders_;
  std::map<std::string, web::channel_report> reports_;
  std::string store_trouble_;
  bool stopping_ = false;

  std::thread thread_;
};

}  // namespace atlas::ingest
