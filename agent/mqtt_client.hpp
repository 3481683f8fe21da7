#pragma once

#include "agent/broker_address.hpp"

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace atlas::agent {

struct mqtt_event {
  enum class kind {
    connected,
    connect_failed,   // reason, text
    connection_lost,  // reason, text
    acknowledged,     // token
    not_delivered,    // token; reason when the broker has refused it
    message,          // topic, correlation; text is the payload
    disconnected      // as disconnect() asked
  };
  kind what;
  int token = 0;
  int reason = 0;  // MQTT 5 reason code; 0 when the broker told none
  std::string text;
  std::string topic = {};
  std::string correlation = {};  // MQTT 5 correlation data; empty when there is none
};

// One MQTT 5 connection over TLS, of this process's user, in events. The calls are for one thread and never
// wait for the network; Paho's two threads put the events into a queue and call `on_event`.
//
// This is Paho's C library without its C++ wrapper: that costs memory in every agent and nothing here needs
// it.
class mqtt_client {
 public:
  struct options {
    broker_address broker;
    std::string user;  // also the client id
    std::string will_topic;
    int connection_timeout = 10;  // seconds
  };

  mqtt_client(options chosen, std::function<void()> on_event);  // throws std::runtime_error
  ~mqtt_client();                                               // ends the connection
  mqtt_client(const mqtt_client&) = delete;
  mqtt_client& operator=(const mqtt_client&) = delete;

  // Ends in `connected` or `connect_failed`; false when it cannot even begin. `ca_path` is read at once or
  // soon after; empty for the system's CAs. The will is published, retained, when the connection breaks.
  bool connect(const std::string& ca_path, const std::string& password, const std::string& will_payload);
  // At QoS 1. A token that `acknowledged` or `not_delivered` will bear, or nothing when there is no
  // connection.
  std::optional<int> publish(const std::string& topic, const std::string& payload, bool retained);
  // The answer to a request, at QoS 1; false when there is no connection.
  bool reply(const std::string& topic, const std::string& payload, std::string correlation);
  bool subscribe(const std::string& topic);
  // Says goodbye, so that the will is not published; ends in `disconnected`.
  bool disconnect();

  std::vector<mqtt_event> take_events();

 private:
  struct callbacks;
  void add_event(mqtt_event event);

  const options options_;
  const std::function<void()> on_event_;
  void* client_ = nullptr;
  std::mutex mutex_;
  std::vector<mqtt_event> events_;
};

}  // namespace atlas::agent
