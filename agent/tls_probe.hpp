#pragma once

#include "agent/broker_address.hpp"
#include "agent/connect_error.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

namespace atlas::agent {

// Connects and shakes hands as the MQTT library does, with the same CA and the same name, to learn why that
// failed: the library does not say. Sends nothing but the handshake. Nothing when all is well up to there.
// An empty `ca_path` stands for the system's CAs. Blocks for up to the timeout, and longer in the resolver.
std::optional<connect_failure> probe_tls(const broker_address& broker, const std::string& ca_path,
                                         std::chrono::milliseconds timeout);

// One probe at a time on a thread of its own.
class background_probe {
 public:
  struct outcome {
    std::optional<connect_failure> failure;
  };

  background_probe() = default;
  ~background_probe();  // waits for a probe under way
  background_probe(const background_probe&) = delete;
  background_probe& operator=(const background_probe&) = delete;

  // Does nothing while one is under way. `on_done` is called on the probe's thread.
  void start(const broker_address& broker, const std::string& ca_path, std::chrono::milliseconds timeout,
             std::function<void()> on_done);
  // The outcome of a probe that has ended, once.
  std::optional<outcome> take();

 private:
  std::thread thread_;
  outcome outcome_;  // the thread's until done_
  std::atomic<bool> done_{false};
};

}  // namespace atlas::agent
