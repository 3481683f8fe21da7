#pragma once

#include "core/org_id.hpp"
#include "ingest/intake.hpp"
#include "ingest/mqtt_client.hpp"
#include "ingest/retained_outbox.hpp"
#include "ingest/retained_publisher.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace atlas::ingest {

// The organisation's place at the broker: keeps connecting, keeps subscribed to the organisation's own hosts
// in a session that the broker keeps while this service is away, and publishes retained states. Loop thread.
class mqtt_source final : public retained_publisher, private mqtt_client::observer {
 public:
  // Alerts that an earlier run has left. The first call means that events may be taken from the inbox now:
  // it comes once, before or without any alert; later calls bring only what came late.
  using restore_handler = std::function<void(std::vector<alert>)>;

  // `messages` outlives this object.
  mqtt_source(boost::asio::io_context& io, mqtt_options options, org_id org, intake& messages,
              restore_handler on_restored);
  ~mqtt_source() override;

  void start();
  // Leaves the session at the broker; calls `done` within half a second.
  void stop(std::function<void()> done);

  void publish_retained(std::string topic, std::string payload) override;

  // On the host's own …/cmd; its answer comes to the intake as a reply. False, and nothing is sent, while
  // there is no subscription to hear the answer by.
  bool send_command(const host_id& host, const std::string& payload, const std::string& correlation);

  // What is stored for good, on the host's own …/ack. False, and nothing is sent, while there is no
  // connection.
  bool publish_ack(const host_id& host, const std::string& payload);

  bool is_subscribed() const { return phase_ == phase::subscribed; }
  // Why it is not subscribed, and what to do: one line, empty when it is.
  const std::string& trouble() const { return trouble_; }
  std::uint64_t connects() const { return connects_; }
  const retained_outbox& outbox() const { return outbox_; }

 private:
  enum class phase { waiting, connecting, explaining, subscribing, subscribed, stopping, stopped };

  void on_connected(bool session_present) override;
  void on_connect_failed(int reason, std::string text) override;
  void on_connection_lost(std::string text) override;
  void on_subscribed(int token, std::vector<int> reasons) override;
  void on_unsubscribed(int token) override;
  void on_published(int token, int reason) override;
  void on_disconnected() override;

  void connect();
  void subscribe();
  void finish_restore();
  void send_waiting();
  void lose(std::string why);
  void retry_later(const std::string& why);
  void begin(phase next, std::chrono::milliseconds limit);
  void start_over();
  void say(const std::string& why);

  boost::asio::io_context& io_;
  const mqtt_options options_;
  const org_id org_;
  intake& messages_;
  restore_handler on_restored_;
  std::unique_ptr<mqtt_client> client_;
  retained_outbox outbox_;
  boost::asio::steady_timer timer_;  // the next attempt, or the limit of the phase under way
  std::shared_ptr<int> alive_ =
      std::make_shared<int>();  // handlers that may outlast this object hold it weakly

  phase phase_ = phase::waiting;
  std::chrono::milliseconds delay_;
  bool restored_ = false;  // the alerts of an earlier run were asked for and have come
  int alerts_token_ = 0;   // of the subscription that brings them
  int hosts_token_ = 0;
  int unsubscribe_token_ = 0;
  std::string trouble_;
  std::string said_;  // the last complaint in the log, and when
  std::chrono::steady_clock::time_point said_at_;
  std::uint64_t connects_ = 0;
  std::size_t refused_ = 0;  // attempts in a row that ended so
  std::function<void()> stopped_;
};

}  // namespace atlas::ingest
