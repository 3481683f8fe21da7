#pragma once

#include "core/unix_time.hpp"

#include <array>
#include <cstddef>
#include <optional>

namespace atlas {

// Finds out how far a host's clock is off, from samples that arrive as they are taken. A network only delays,
// and not evenly; what comes after an outage comes in bursts: so only a lag that stays the same for a while
// is taken for the clock. One thread.
class clock_watch {
 public:
  // From here on it is worth telling.
  static constexpr milliseconds noticeable{5'000};
  // From here on it would spoil the charts: what the host says is put right.
  static constexpr milliseconds spoiling{60'000};
  // Nothing is taken so long before it is: no steadiness is needed to see it.
  static constexpr milliseconds impossible{5 * 60'000};

  // A sample that was taken at `ts` by the host's clock has just arrived.
  void see(unix_ms ts, unix_ms now);

  // How far the host's clock is ahead, negative when it is behind; nothing when it is not noticeably off.
  std::optional<milliseconds> offset() const;
  // To be added to what the host says.
  milliseconds correction() const {
    return std::chrono::abs(offset_) >= spoiling ? -offset_ : milliseconds{};
  }

 private:
  // The lags of a few seconds.
  struct span {
    unix_ms since{};
    milliseconds least{};
    milliseconds most{};
  };
  std::optional<milliseconds> steady_lag() const;

  std::array<span, 3> spans_{};  // newest first
  std::size_t known_ = 0;
  milliseconds offset_{};
};

}  // namespace atlas
