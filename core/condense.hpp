#pragma once

#include "core/history.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace atlas {

// What is known of a metric at one time: a sample, or several as one.
struct history_reading {
  std::int64_t ts = 0;  // ms; of several samples the mean
  double min = 0;
  double mean = 0;
  double max = 0;
  std::uint64_t count = 1;  // of samples
};

// At most `most` points for readings in order of time: the readings themselves where they fit, else one point
// for each of `most` equal spans of time that has any, at the mean of their times.
std::vector<history_point> condense(const std::vector<history_reading>& readings, std::size_t most);

}  // namespace atlas
