#pragma once

#include "core/unix_time.hpp"

#include <cstdint>

namespace atlas {

// What a number on the wire may be; both ends belong to the range.
struct number_range {
  double least;
  double most;
  constexpr bool contains(double value) const { return value >= least && value <= most; }  // false for NaN
};

inline constexpr number_range percent_range{0, 100};
inline constexpr number_range rate_range{0, 1e15};
inline constexpr number_range load_range{0, 1e9};
inline constexpr number_range celsius_range{-273.15, 1000};
inline constexpr double longest_interval = 86'400;  // seconds; an interval is above 0

inline constexpr std::uint64_t max_size_value = std::uint64_t{1} << 63;

// An agent's clock outside these is not set.
inline constexpr unix_ms earliest_ts = from_unix_ms(946'684'800'000);  // 2000-01-01
inline constexpr unix_ms latest_ts = from_unix_ms(4'102'444'800'000);  // 2100-01-01

inline constexpr std::size_t max_boot_bytes = 64;

}  // namespace atlas
