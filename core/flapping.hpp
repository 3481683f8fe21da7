#pragma once

#include "core/unix_time.hpp"

#include <array>

namespace atlas {

// When the newest three changes of one alert were: as many as it may make within a window before it counts as
// flapping.
class change_memory {
 public:
  static constexpr std::size_t size = 3;

  void note(unix_ms at) {
    times_[2] = times_[1];
    times_[1] = times_[0];
    times_[0] = at;
  }
  // All three lie within the window around `now`, which a clock that was set back may put before them.
  bool is_restless(unix_ms now, milliseconds window) const {
    return times_[2] != unix_ms{} && is_near(times_[2], now, window);
  }
  // None of them lies within the window.
  bool is_over(unix_ms now, milliseconds window) const {
    return times_[0] == unix_ms{} || !is_near(times_[0], now, window);
  }

  // The newest first; a zero stands for none.
  const std::array<unix_ms, size>& times() const { return times_; }
  void assume(const std::array<unix_ms, size>& times) { times_ = times; }
  friend bool operator==(const change_memory&, const change_memory&) = default;

 private:
  static bool is_near(unix_ms a, unix_ms b, milliseconds window) {
    return a - b <= window && b - a <= window;
  }
  std::array<unix_ms, size> times_{};
};

}  // namespace atlas
