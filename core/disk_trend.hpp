#pragma once

#include "core/unix_time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace atlas {

// In how many hours a disk is full, going on as in the last hours: the median of the slopes between all pairs
// of ten-minute means (Theil and Sen), which a clean-up or a short burst does not turn. Keeps at most 36
// means; allocates when the second one begins, and never again.
class disk_trend {
 public:
  static constexpr std::size_t capacity = 36;
  static constexpr milliseconds bucket{600'000};
  // Fewer means say nothing: one hour.
  static constexpr std::size_t least = 6;
  // Beyond this it counts as never.
  static constexpr double horizon = 24.0 * 365;

  void add(double percent, unix_ms at);
  // In hours, 0 for a full disk and `horizon` for one that does not fill; nothing while too little is known.
  std::optional<double> hours_left() const { return hours_; }

 private:
  struct mean {
    std::uint32_t bucket;  // since 1970
    float percent;
  };
  void close_bucket();
  void measure();

  std::vector<mean> means_;  // oldest first
  std::int64_t open_ = 0;    // the bucket that the sum is of
  double sum_ = 0;
  std::uint32_t count_ = 0;
  std::optional<double> hours_;
};

}  // namespace atlas
