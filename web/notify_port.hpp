#pragma once

#include "core/notify_channel.hpp"
#include "core/unix_time.hpp"
#include "web/ports.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace atlas::web {

// How a channel of notifications is doing, since the service started but for what waits and what is dead.
struct channel_report {
  std::string name;
  channel_type type = channel_type::webhook;
  std::uint64_t sent = 0;
  std::uint64_t failed = 0;  // attempts
  std::uint64_t waiting = 0;
  std::uint64_t dead = 0;
  std::string trouble;                   // of the newest attempt; empty when it was delivered
  std::optional<unix_ms> failing_since;  // while there is trouble
  std::optional<unix_ms> last_sent;
};

// What came of a test message.
struct channel_outcome {
  std::string channel;
  bool delivered = false;
  std::string trouble;
};

// Where alerts are told of. Loop thread.
class messenger {
 public:
  virtual ~messenger() = default;
  virtual std::vector<channel_report> channels() const = 0;
  // Through one channel, or all of them. Calls `done` on the loop thread exactly once, within half a minute;
  // an error when the audit log could not be written.
  virtual void test_channels(const actor& by, std::optional<std::string> channel,
                             std::function<void(result<std::vector<channel_outcome>>)> done) = 0;
};

}  // namespace atlas::web
