#pragma once

#include "core/ack.hpp"
#include "ingest/store/byte_io.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace atlas::ingest::store {

// Which sequence numbers of one boot are there, as ranges. Bounded: when there are too many gaps the oldest
// one is taken for filled.
class seq_set {
 public:
  static constexpr std::size_t most_ranges = 16'384;

  // False when it was there.
  bool insert(std::uint64_t seq);
  bool contains(std::uint64_t seq) const;
  void add(const seq_set& other);
  // These will never come: they count as there.
  void settle(seq_range gone) { insert_range(gone); }

  bool empty() const { return ranges_.empty(); }
  std::uint64_t highest() const { return ranges_.empty() ? 0 : ranges_.back().to; }
  const std::vector<seq_range>& ranges() const { return ranges_; }
  // What is not there from 0 up to the highest, as at most `most` (2 or more) ranges that hold all of it.
  // When the gaps are more, some ranges hold numbers that are there: those before and after a stretch of
  // gaps that are told exactly, another one for each `turn`. So a few turns tell all.
  std::vector<seq_range> missing(std::size_t most, std::size_t turn = 0) const;

  void write(byte_writer& out) const;
  // Fails the reader when what it reads is damaged.
  static seq_set read(byte_reader& in);

 private:
  void insert_range(seq_range added);
  std::vector<seq_range> ranges_;  // ascending, apart by one number at least
};

}  // namespace atlas::ingest::store
