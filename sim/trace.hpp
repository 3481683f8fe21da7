#pragma once

#include "core/error.hpp"
#include "core/unix_time.hpp"

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <vector>

namespace atlas::sim {

// A recorded series of percentages, to be replayed as a host's CPU.
struct trace_row {
  unix_ms at{};
  double percent = 0;
  friend bool operator==(const trace_row&, const trace_row&) = default;
};
using trace = std::vector<trace_row>;  // two rows or more, times ascending

inline constexpr std::size_t max_trace_bytes = std::size_t{64} << 20;

// Lines of `timestamp,value`: ISO 8601 (UTC without an offset), or seconds or milliseconds since 1970; a
// header line and empty lines may be there. `where` of an error is "<name>:<line>".
result<trace> parse_trace(std::string_view text, std::string_view name);
result<trace> load_trace(const std::filesystem::path& file);

// The time from the first row to the end of the last one, which lasts as long as the one before it.
milliseconds length_of(const trace& rows);

// Plays a trace in time: each row holds until the next one.
class trace_player {
 public:
  trace_player(trace rows, bool loops);

  // The mean over the time since the last call, which is what a host that measures its CPU would report.
  // `elapsed` is since the start of the trace and never goes back.
  double advance(milliseconds elapsed);
  bool has_ended(milliseconds elapsed) const { return !loops_ && elapsed >= length_; }

 private:
  // The integral of the series, in percent times milliseconds, from its start to `at`, which is within it.
  double area(double at);

  trace rows_;
  bool loops_;
  milliseconds length_;
  std::vector<double> areas_;  // from the start to each row
  milliseconds last_{};
};

}  // namespace atlas::sim
