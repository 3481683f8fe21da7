#pragma once

#include "tests/unit/agent/fixture_root.hpp"
#include "tests/unit/agent/process.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace atlas::agent::test {

inline constexpr const char* test_org = "6f1e2d3c-4b5a-4678-9abc-def012345678";
inline constexpr const char* test_password = "correct-horse-battery";

// A Mosquitto with TLS on a port of its own, with the user <org>/host/h1 and a few that look on.
class test_broker {
 public:
  explicit test_broker(const std::string& names = "DNS:localhost,IP:127.0.0.1", int days = 10);

  void start();
  void kill() { broker_.reset(); }

  std::string url(const std::string& host = "localhost") const {
    return "mqtts://" + host + ":" + std::to_string(port_);
  }
  std::string ca_file() const { return folder_.path("/ca.crt"); }
  std::string log() const { return broker_->output(); }
  const fixture_root& folder() const { return folder_; }
  int port() const { return port_; }

  // Publishes, and returns when the broker has it.
  void publish(const std::string& topic, const std::string& payload, bool retained) const;

 private:
  std::vector<std::string> client(const std::string& program, const std::string& user) const;
  friend class test_observer;

  fixture_root folder_;
  int port_ = 0;
  std::unique_ptr<process> broker_;
};

// Hears everything of the organisation.
class test_observer {
 public:
  // Returns when it is subscribed. Two at a time need two users: "observer" and "latecomer".
  explicit test_observer(const test_broker& broker, const std::string& user = "observer");

  // The payloads heard on a topic of host h1, in order.
  std::vector<std::string> heard(const std::string& channel) const;
  // Whether a payload with this text in it is heard there, now or soon.
  bool hears(const std::string& channel, const std::string& part) const;
  std::string all() const { return subscriber_->output(); }

 private:
  std::unique_ptr<process> subscriber_;
};

std::string topic_of(const std::string& channel);

// An atlas-agent of host h1 that reports every second.
class test_agent {
 public:
  struct settings {
    std::string url;
    std::string ca_file;
    std::string password = test_password;
    std::vector<std::string> more = {};  // arguments
    std::string home = {};               // where it keeps its state; else a folder of its own
    std::map<std::string, std::string> environment = {};  // further variables
  };
  explicit test_agent(const settings& with);

  process& program() { return *program_; }
  bool says(const std::string& text) const { return program_->says(text); }
  std::string output() const { return program_->output(); }

 private:
  fixture_root folder_;
  std::unique_ptr<process> program_;
};

}  // namespace atlas::agent::test
