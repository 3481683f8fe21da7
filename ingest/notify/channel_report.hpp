#pragma once

#include "core/notify_channel.hpp"
#include "core/unix_time.hpp"

#include <cstdint>
#include <string>

namespace atlas::ingest {

// How a channel is doing, since the service started but for what waits and what is dead.
struct channel_report {
  std::string name;
  channel_type type = channel_type::webhook;
  std::uint64_t sent = 0;
  std::uint64_t failed = 0;  // attempts
  std::uint64_t waiting = 0;
  std::uint64_t dead = 0;
  std::string trouble;      // of the newest attempt; empty when it was delivered
  unix_ms failing_since{};  // while `trouble` is not empty
  unix_ms last_sent{};      // 0: never
};

}  // namespace atlas::ingest
