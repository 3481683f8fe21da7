#pragma once

#include "ingest/broker_address.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>

namespace atlas::ingest {

struct mqtt_options {
  broker_address broker;
  std::filesystem::path ca_file;  // read at each connect
  std::string user;
  // Asked before each attempt to connect: at least one, the likeliest first. The next is tried when the
  // broker refuses one. Loop thread.
  std::function<std::vector<std::string>()> passwords;
  std::string client_id = {};  // empty: the user's name; our broker takes no other
  bool keeps_session = true;   // otherwise it begins with a new one, which ends with the connection
};

struct subscription {
  std::string filter;
  int qos = 1;
  bool no_local = false;
};

// One MQTT 5 connection over TLS. The calls and the events are for the loop
// thread and never wait for the network; messages come on Paho's thread.
//
// This is Paho's C library: its C++ wrapper copies topic, payload and properties of every message and keeps
// lists of tokens, which is a fifth of what a message costs, and hides the reason of a refused connection.
class mqtt_client {
 public:
  class observer {
   public:
    virtual ~observer() = default;
    virtual void on_connected(bool session_present) = 0;
    // `reason` is the MQTT 5 reason code of the broker's refusal, 0 when it did not come to that.
    virtual void on_connect_failed(int reason, std::string text) = 0;
    virtual void on_connection_lost(std::string text) = 0;
    // One reason code for each filter; 128 and more is a refusal.
    virtual void on_subscribed(int token, std::vector<int> reasons) = 0;
    virtual void on_unsubscribed(int token) = 0;
    // 0 and 16 (nobody listens) are success; -1 when the connection broke first.
    virtual void on_published(int token, int reason) = 0;
    virtual void on_disconnected() = 0;
  };
  // Called on Paho's thread: must not block. The views are valid during the call. `correlation` is the
  // message's correlation data, empty when it has none.
  using message_handler = std::function<void(std::string_view topic, std::string_view payload, bool retained,
                                             std::string_view correlation)>;

  // Throws std::runtime_error when the library cannot be set up.
  mqtt_client(boost::asio::io_context& io, const mqtt_options& options, observer& events,
              message_handler on_message);
  // Waits for Paho's threads, up to a second; no event comes afterwards.
  ~mqtt_client();
  mqtt_client(const mqtt_client&) = delete;
  mqtt_client& operator=(const mqtt_client&) = delete;

  // Ends in on_connected or on_connect_failed; false when it cannot begin.
  bool connect(const std::string& password);
  // The token that the event will bear, or nothing when there is no connection.
  std::optional<int> subscribe(const std::vector<subscription>& wanted);
  std::optional<int> unsubscribe(const std::string& filter);
  // QoS 1.
  std::optional<int> publish(const std::string& topic, std::string_view payload, bool retained);
  // A request, QoS 1, that the broker forgets when nobody has taken it in time; its answer is to come to
  // `reply_topic` with the same correlation data.
  std::optional<int> request(const std::string& topic, std::string_view payload,
                             const std::string& reply_topic, const std::string& correlation,
                             std::chrono::seconds time);
  // Leaves the session at the broker. Ends in on_disconnected; false when there is no connection.
  bool disconnect();

 private:
  struct link;
  struct callbacks;
  mqtt_options options_;
  std::shared_ptr<link> link_;
  void* handle_ = nullptr;
};

}  // namespace atlas::ingest
