#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace atlas::agent {

using monotonic_time = std::chrono::steady_clock::time_point;
// Where a collector takes the time for its rates from; a test gives its own.
using monotonic_clock = monotonic_time (*)();

inline monotonic_time steady_now() { return std::chrono::steady_clock::now(); }

// A counter's growth per second between two readings.
class rate_meter {
 public:
  // Nothing at the first reading, nor when no time has passed. A counter that went backwards was reset or has
  // wrapped: what it counted meanwhile is unknown, and 0 is reported once.
  std::optional<double> update(std::uint64_t counter, monotonic_time at) {
    const auto last = last_;
    last_ = reading{counter, at};
    if (!last || at <= last->at) return std::nullopt;
    if (counter < last->counter) return 0.0;
    const std::chrono::duration<double> seconds = at - last->at;
    return static_cast<double>(counter - last->counter) / seconds.count();
  }

 private:
  struct reading {
    std::uint64_t counter;
    monotonic_time at;
  };
  std::optional<reading> last_;
};

}  // namespace atlas::agent
