#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace atlas::ingest::store {

// How fine stored history is. Raw: every sample. The others: buckets of that length with min, mean, max and
// count.
enum class tier : std::uint8_t { raw, minute, hour };

// Milliseconds.
constexpr std::int64_t bucket_span(tier level) {
  switch (level) {
    case tier::raw: return 0;
    case tier::minute: return 60'000;
    case tier::hour: return 3'600'000;
  }
  return 0;
}
// Of one stored block; a multiple of the bucket.
constexpr std::int64_t block_span(tier level) {
  constexpr std::int64_t hour = 3'600'000;
  switch (level) {
    case tier::raw: return hour;
    case tier::minute: return 8 * hour;
    case tier::hour: return 240 * hour;
  }
  return hour;
}

inline constexpr float no_value = std::numeric_limits<float>::quiet_NaN();

// One metric of a block: as many entries as the block has rows, NaN where there is no value. `least`, `most`
// and `counts` are empty in a raw block.
struct block_column {
  std::uint32_t metric = 0;
  std::vector<float> mean;
  std::vector<float> least;
  std::vector<float> most;
  std::vector<std::uint32_t> counts;  // samples that had a value
};

// A stretch of one host's history, column by column.
struct history_block {
  tier level = tier::raw;
  std::vector<std::int64_t> times;    // ms, ascending; of a bucket the mean of its samples' times
  std::vector<std::uint32_t> counts;  // samples in each bucket; empty in a raw block
  std::vector<block_column> columns;  // ascending by metric

  std::size_t rows() const { return times.size(); }
};

// The part with from <= time < to.
history_block slice(const history_block& whole, std::int64_t from, std::int64_t to);
// Of one level. Raw rows stay apart even at one time; buckets of one span become one.
history_block merge(const history_block& a, const history_block& b);
// A raw block as buckets.
history_block roll_up(const history_block& raw, tier level);

}  // namespace atlas::ingest::store
