#pragma once

#include "core/unix_time.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace atlas::ingest {

// How long to wait after `attempts` failures: a second, doubled each time, a quarter of an hour at most; and
// a quarter more or less, by `random` from 0 to 1.
inline milliseconds retry_delay(std::uint32_t attempts, double random) {
  constexpr milliseconds first = std::chrono::seconds(1);
  constexpr milliseconds most = std::chrono::minutes(15);
  constexpr std::uint32_t doublings = 10;
  const auto whole = std::min(first * (1U << std::min(attempts - 1, doublings)), most);
  return std::chrono::round<milliseconds>(whole * (0.75 + 0.5 * std::clamp(random, 0.0, 1.0)));
}

// After a day, or after a few attempts when the receiver refuses the message itself.
inline bool is_hopeless(unix_ms added, std::uint32_t attempts, bool refused, unix_ms now) {
  constexpr std::uint32_t enough_refusals = 8;
  return now - added >= std::chrono::hours(24) || (refused && attempts >= enough_refusals);
}

// A time far ahead came from a clock that was set back since.
inline bool is_due(unix_ms due, unix_ms now) { return due <= now || due - now > std::chrono::hours(2); }

}  // namespace atlas::ingest
