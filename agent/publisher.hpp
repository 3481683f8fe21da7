#pragma once

#include "agent/backoff.hpp"
#include "agent/ca_source.hpp"
#include "agent/config.hpp"
#include "agent/connect_error.hpp"
#include "agent/mqtt_client.hpp"
#include "agent/passwords.hpp"
#include "agent/rate.hpp"
#include "agent/remote_config.hpp"
#include "agent/spool.hpp"
#include "agent/tls_probe.hpp"
#include "agent/wake_pipe.hpp"
#include "core/host_status.hpp"
#include "core/process_list.hpp"
#include "core/rekey.hpp"

#include <optional>
#include <random>
#include <string>

namespace atlas::agent {

// Keeps this host present at the broker: connects and reconnects, says who and what it is, and delivers
// samples: the newest first, then, at a measured pace, what has waited, oldest first. The spool keeps each
// until the service says that it is stored; what is not when a connection breaks is sent again, and (boot,
// seq) makes that harmless. All calls are for the loop's thread.
class publisher {
 public:
  // `wake` is woken when step() has something to do; it must outlive this object.
  publisher(const config& settings, std::string boot, const wake_pipe& wake);

  void add_sample(std::uint64_t seq, std::string json);
  // The inventory, sent again when it has changed.
  void set_info(std::string json);

  // Handles what has happened and starts what is due; the result is when it wants to be called at the latest.
  monotonic_time step(monotonic_time now);

  // What the organisation has asked for since the last call.
  std::optional<remote_config> take_remote_config();

  // The processes that the service asked for since the last call, and the answer to it.
  struct process_question {
    processes_command asked;
    std::string correlation;
  };
  std::optional<process_question> take_process_question();
  void answer_processes(const processes_reply& reply, std::string correlation);

  // Says "stopped" and leaves, within three seconds. A host that is not connected cannot say it.
  void stop() { leave(reported_state::stopped); }
  // Says "sleeping" and leaves likewise; does not connect until wake_up().
  void rest(monotonic_time now);
  void wake_up(monotonic_time now);

  bool is_connected() const { return state_ == state::connected; }

 private:
  enum class state { waiting, connecting, connected };

  std::string topic(const char* channel) const { return topic_base_ + channel; }
  std::string status_text(reported_state what) const;

  void start_connecting(monotonic_time now);
  void handle(const mqtt_event& event, monotonic_time now);
  void on_connected(monotonic_time now);
  void on_connect_failed(const mqtt_event& event, monotonic_time now);
  void on_connection_lost(const mqtt_event& event, monotonic_time now);
  void on_delivery(const mqtt_event& event);
  void on_message(const mqtt_event& event, monotonic_time now);
  void on_config(const std::string& payload);
  void on_ack(const std::string& payload, monotonic_time now);
  void on_command(const mqtt_event& event);
  void keep_password(const rekey_command& asked, const std::string& correlation);
  void leave(reported_state why);
  void forget_flights();
  void wait_before_connecting(monotonic_time now);
  void send_what_is_due(monotonic_time now);
  void send_samples(monotonic_time now);
  void check_delivery(monotonic_time now);
  monotonic_time next_step(monotonic_time now) const;
  void report_probe();
  void say(const connect_failure& failure);
  void say_once(const std::string& problem);
  template <class Condition>
  void wait_until(monotonic_time deadline, Condition condition);

  const config config_;
  const std::string boot_;
  const wake_pipe& wake_;
  const std::string topic_base_;
  const ca_source ca_;
  passwords passwords_;
  spool spool_;
  std::string info_;
  bool info_is_new_ = false;
  bool present_ = false;  // this connection has heard "online" and subscribed

  state state_ = state::waiting;
  monotonic_time due_{};  // of the next attempt, while waiting
  backoff backoff_;
  std::mt19937 random_;
  monotonic_time connected_since_{};
  int short_lived_ = 0;  // connections in a row that were lost before they were stable
  // Messages that the broker has not acknowledged yet; at most one of each kind.
  struct flight {
    int token;
    monotonic_time since;
  };
  std::optional<flight> newest_;  // one sample
  std::optional<flight> batch_;
  monotonic_time batch_due_{};  // not before
  monotonic_time batch_sent_{};
  bool has_reported_ = false;    // this run has taken a sample: nothing older goes before it
  std::optional<int> farewell_;  // token of "stopped"
  bool left_ = false;

  std::string last_problem_;  // as logged; repetitions are not
  std::optional<remote_config> remote_config_;
  std::optional<process_question> process_question_;

  background_probe probe_;
  monotonic_time probed_at_{};
  std::string probed_for_;  // Paho's words for the failure

  // Last, so that its threads have ended before anything they touch.
  mqtt_client client_;
};

}  // namespace atlas::agent
