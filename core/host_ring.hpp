#pragma once

#include "core/condense.hpp"
#include "core/history.hpp"
#include "core/sample_metrics.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <unordered_map>
#include <vector>

namespace atlas {

// The newest samples of one host by arrival: rows of 32-bit floats, NaN where a sample has no value. Rows
// stay in arrival order, so that a clock that once was far ahead does not hold its rows for ever; query()
// sorts.
class host_ring {
 public:
  host_ring(std::size_t capacity, std::size_t max_metrics);

  // A sample with the time stamp of a row that is there replaces that row: it is a repeat.
  void append(const sample& value);
  // The points oldest first.
  std::vector<history_point> query(const history_query& query) const;
  // Those that have a value in any row.
  std::vector<std::string> metrics() const;

 private:
  static constexpr float absent = std::numeric_limits<float>::quiet_NaN();
  static constexpr std::size_t not_kept = std::numeric_limits<std::size_t>::max();

  void adopt_shape(const sample& value);
  void lay_out(const std::vector<std::string>& wanted);
  std::size_t next_row(std::int64_t ts);
  bool has_values(std::size_t column) const;
  std::vector<history_reading> readings(const history_query& query) const;

  std::size_t capacity_;
  std::size_t max_metrics_;

  sample_shape shape_;                // of the newest sample
  std::vector<std::size_t> columns_;  // of each metric of that shape, or not_kept
  std::vector<std::string> names_;    // of the columns; grows when a metric is new
  std::unordered_map<std::string, std::size_t> column_of_;

  std::vector<std::int64_t> times_;  // a ring: the oldest is at `oldest_` once it is full
  std::vector<float> cells_;         // times_.size() rows of names_.size()
  std::size_t oldest_ = 0;
  std::int64_t newest_ts_ = std::numeric_limits<std::int64_t>::min();
};

}  // namespace atlas
