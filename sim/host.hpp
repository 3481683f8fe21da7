#pragma once

#include "agent/backoff.hpp"
#include "agent/mqtt_client.hpp"
#include "agent/rate.hpp"
#include "core/host_status.hpp"
#include "core/topic.hpp"
#include "sim/model.hpp"
#include "sim/roster.hpp"
#include "sim/trace.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <random>
#include <string>

namespace atlas::sim {

using agent::monotonic_time;

// What all hosts of one simulation have in common; outlives them.
struct host_settings {
  org_id org;
  agent::broker_address broker;
  std::string ca_path;
  milliseconds interval;
  double speed = 1;  // of the hosts' own time
};

struct host_counts {
  std::uint64_t produced = 0;
  std::uint64_t delivered = 0;  // the broker has acknowledged them
  std::uint64_t dropped = 0;    // while there was no connection for long
  std::uint64_t connections = 0;
};

// A host that does not exist, as the broker and the service see one: it connects and comes back, tells its
// inventory and status, and sends samples, each once more when a connection breaks before it was
// acknowledged. For one thread.
class simulated_host {
 public:
  // `delay` is how long after its first connection it takes its first sample. `on_event` is called on Paho's
  // threads when step() has something to do.
  simulated_host(const host_settings& settings, const login& who, machine_model machine,
                 std::optional<trace_player> player, milliseconds delay, std::function<void()> on_event);

  // Handles what has happened and does what is due; the result is when it wants to be called at the latest.
  // `may_connect` is whether a new attempt may begin now.
  monotonic_time step(monotonic_time now, bool may_connect);
  // No more samples; says "stopped" when all are delivered, and leaves. is_gone() tells the end.
  void begin_stop() { stopping_ = true; }

  bool is_connecting() const { return state_ == state::connecting; }
  bool is_connected() const { return state_ == state::connected; }
  bool is_gone() const { return state_ == state::gone; }
  // The trace has been played to its end.
  bool has_played(monotonic_time now) const;
  const host_counts& counts() const { return counts_; }
  const host_id& id() const { return who_.host; }
  // Why there is no connection, for people; empty when there is one.
  const std::string& problem() const { return problem_; }

 private:
  enum class state { waiting, connecting, connected, leaving, gone };

  std::string topic(host_channel channel) const;
  std::string status_text(reported_state what) const;
  milliseconds own_time(monotonic_time now) const;
  void handle(const agent::mqtt_event& event, monotonic_time now);
  void on_connected(monotonic_time now);
  void on_command(const agent::mqtt_event& event);
  void on_lost(const agent::mqtt_event& event, monotonic_time now);
  void on_delivery(const agent::mqtt_event& event, bool taken);
  void produce(monotonic_time now);
  void send();
  void leave();

  const host_settings& settings_;
  const login who_;
  machine_model machine_;
  std::optional<trace_player> player_;
  const milliseconds delay_;
  const std::string boot_;
  std::mt19937_64 random_;
  agent::backoff backoff_;

  state state_ = state::waiting;
  bool stopping_ = false;
  monotonic_time attempt_due_{};
  std::optional<monotonic_time> started_;  // the first connection
  monotonic_time sample_due_{};
  std::uint64_t seq_ = 0;
  std::deque<std::string> pending_;  // samples that are not acknowledged yet, oldest first
  std::size_t under_way_ = 0;        // how many of them are in the message with this token
  int token_ = 0;
  std::optional<int> farewell_;  // token of "stopped"
  host_counts counts_;
  std::string problem_;

  // Last, so that its threads have ended before anything they touch.
  agent::mqtt_client client_;
};

}  // namespace atlas::sim
