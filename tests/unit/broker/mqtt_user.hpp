#pragma once

#include "broker/passwd.hpp"

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace atlas::broker {

struct will_message {
  std::string topic;
  std::string payload;
};

// An MQTT client of a test, over TLS to localhost. Every call waits for its answer.
class mqtt_user {
 public:
  enum class version { v311, v5 };
  struct message {
    std::string topic;
    std::string payload;
  };

  mqtt_user(std::uint16_t port, const std::filesystem::path& ca_file, credential login,
            version mqtt = version::v5, std::string client_id = "test");
  ~mqtt_user();
  mqtt_user(const mqtt_user&) = delete;
  mqtt_user& operator=(const mqtt_user&) = delete;

  // 0, or the broker's reason code; -1 when it could not be asked.
  int connect(const will_message& will = {});
  // The reason code: 0 and 16 (nobody listens) are success; -1 without an answer. QoS 1.
  int publish(const std::string& topic, const std::string& payload = "x", bool retained = false);
  bool subscribe(const std::string& filter);
  // As a connection that breaks: the will is published. Of version 5 only.
  void disconnect_with_will();

  bool is_connected() const;
  // All that has come until a message on `topic` with `payload` came.
  std::vector<message> messages_until(const std::string& topic, const std::string& payload);

 private:
  struct callbacks;
  int await(int started);

  credential login_;
  std::filesystem::path ca_file_;
  version version_;
  void* client_ = nullptr;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<int> answer_;
  std::vector<message> messages_;
};

}  // namespace atlas::broker
