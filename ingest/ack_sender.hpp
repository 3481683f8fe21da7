#pragma once

#include "core/host_id.hpp"
#include "ingest/store/history_writer.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace atlas::ingest {

// Tells hosts what is stored of theirs: each at most once an interval, the newest state of each boot. What
// comes sooner waits. Loop thread.
class ack_sender {
 public:
  using time = std::chrono::steady_clock::time_point;
  // False when it cannot be sent now.
  using sender = std::function<bool(const host_id& host, const std::string& payload)>;

  ack_sender(std::chrono::milliseconds interval, sender send);

  void stored(std::vector<store::host_ack> acks, time now);
  // About once a second.
  void tick(time now);

  void set_interval(std::chrono::milliseconds interval) { interval_ = interval; }

  std::uint64_t sent() const { return sent_; }
  std::size_t waiting() const { return due_.size(); }

 private:
  struct entry {
    time next{};                      // not before
    std::vector<sample_ack> to_send;  // of each boot one
    bool is_due = false;              // stands in due_
  };
  void schedule(const host_id& host, entry& which, time at);
  void send_due(time now);

  std::chrono::milliseconds interval_;
  const sender send_;
  std::unordered_map<host_id, entry> hosts_;
  std::set<std::pair<time, host_id>> due_;
  std::uint64_t sent_ = 0;
};

}  // namespace atlas::ingest
