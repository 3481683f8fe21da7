#pragma once

#include "ingest/store/history_database.hpp"
#include "ingest/store/history_writer.hpp"
#include "ingest/store/host_shelf.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

namespace atlas::ingest::store {

// How long each tier is kept, in days.
struct retention {
  std::uint32_t raw_days = 2;
  std::uint32_t minute_days = 30;
  std::uint32_t hour_days = 730;
};

// Moves hosts' tails into their blocks, one round over all hosts at a time, and prunes what is too old. A
// round is made in slices, each a transaction. One thread.
class compactor {
 public:
  // The references outlive this object.
  compactor(history_database& db, host_shelf& hosts, history_writer& tails, retention kept);

  bool is_running() const { return running_; }
  void start();
  // A part of the round that takes about that long; only when the writer has nothing uncommitted. On an
  // exception nothing is lost: call it again. `now` is in ms.
  void step(std::chrono::microseconds slice, std::int64_t now);

  // Hosts whose turn in this round is still to come.
  std::size_t backlog() const { return running_ ? hosts_.size() - std::min(done_, hosts_.size()) : 0; }
  // Blocks that could not be read and were replaced.
  std::uint64_t damaged() const { return damaged_; }

 private:
  // Rows of a raw block beyond this are kept in the coarser tiers only.
  static constexpr std::size_t most_raw_rows = 20'000;

  void fold(shelved_host& host, std::int64_t now);
  void add(std::uint32_t host, const history_block& added, std::int64_t oldest);
  void prune(std::uint32_t host, std::int64_t now);
  std::int64_t oldest_slot(tier level, std::int64_t now) const;

  history_database& db_;
  host_shelf& hosts_;
  history_writer& tails_;
  const retention kept_;

  bool running_ = false;
  std::uint32_t next_host_ = 0;
  std::size_t done_ = 0;
  std::int64_t last_chunk_ = 0;  // those up to this one may go when the round is over
  std::uint64_t damaged_ = 0;
};

}  // namespace atlas::ingest::store
