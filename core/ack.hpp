#pragma once

#include "core/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace atlas {

// Sequence numbers of one boot; both ends belong to the range.
struct seq_range {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  friend bool operator==(const seq_range&, const seq_range&) = default;
};

// What the service says on …/ack: every sample of `boot` up to and with `seq` is stored for good, but for
// those in `missing`.
struct sample_ack {
  static constexpr std::size_t max_missing = 64;                   // ranges in one ack
  static constexpr std::size_t max_bytes = std::size_t{8} * 1024;  // of its text

  std::string boot;                // 1 to 64 bytes
  std::uint64_t seq = 0;           // at most 2^63
  std::vector<seq_range> missing;  // sorted, apart from each other, none beyond `seq`

  // Whether this number is stored.
  bool covers(std::uint64_t number) const;
  friend bool operator==(const sample_ack&, const sample_ack&) = default;
};

// Where there are more than max_missing ranges, the text acknowledges only what stands before the first one
// that finds no room.
std::string format_ack(const sample_ack& ack);
// `where` of an error is the JSON pointer.
result<sample_ack> parse_ack(std::string_view payload);

}  // namespace atlas
