#pragma once

#include "agent/spool_segment.hpp"
#include "core/ack.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace atlas::agent {

// The samples that the service has not acknowledged as stored yet, of this run of the agent and of earlier
// ones: in files, of which only an index is in memory, so that they outlive the process. Bounded: when it is
// full, every other of its older samples is given up, and so again, so that of a long outage a coarser
// history remains, the coarser the older. Where files cannot be written it keeps fewer, in memory. One
// thread.
class spool {
 public:
  struct limits {
    std::size_t bytes = std::size_t{8} * 1024 * 1024;
    std::size_t samples = 8192;
    std::size_t memory_bytes = std::size_t{256} * 1024;  // of what is not in files
    std::size_t segment_bytes = std::size_t{64} * 1024;
    std::size_t segments = 512;
  };
  // Of one message, see topics.md.
  static constexpr std::size_t max_payload = std::size_t{64} * 1024;

  // Takes up what earlier processes have left in `folder`, which is made when it is missing; an empty name
  // stands for memory. A folder that another agent uses is left alone.
  spool(std::string folder, std::string boot, limits bounds);
  ~spool();
  spool(const spool&) = delete;
  spool& operator=(const spool&) = delete;

  // The next sample of this boot, as JSON. One that no message could carry is dropped and counted.
  void add(std::uint64_t seq, std::string text);

  // The newest sample, when it waits to be sent; it counts as sent from now on. Empty when there is none.
  std::string take_newest();
  // The oldest samples that wait, as a JSON array that fits into one message; they count as sent from now on.
  // Empty when there are none.
  std::string take_batch();
  // How many wait to be sent.
  std::size_t waiting() const;
  // All samples wait again: what was sent may have been lost.
  void send_again();

  // Lets go of what is stored. Of what was sent and is missing all the same, everything waits again when
  // `resend` says so; else only later, because it may still be on its way.
  void acknowledge(const sample_ack& ack, bool resend);

  std::size_t size() const;
  std::size_t bytes() const;
  std::uint64_t dropped() const { return dropped_; }
  // What has gone wrong since the last call; each kind once until it is over.
  std::optional<std::string> take_problem() { return std::exchange(problem_, std::nullopt); }

 private:
  using entry = spool_segment::entry;

  void open(std::string folder);
  void load();
  spool_segment* segment_for(std::size_t record_bytes);
  std::string text_of(const spool_segment& where, const entry& which);
  void forget_empty();
  void make_room();
  std::vector<std::size_t> densest(bool in_memory) const;
  void thin(bool in_memory);
  void drop_oldest(bool in_memory);
  bool is_full(bool in_memory) const;
  void report(std::string problem);

  const std::string boot_;
  const limits limits_;
  std::string folder_;  // empty: memory only
  int lock_ = -1;
  std::uint64_t next_file_ = 1;
  bool active_ = false;                  // the last segment takes further samples
  bool failing_ = false;                 // files could not be written
  std::vector<spool_segment> segments_;  // oldest first
  std::uint64_t dropped_ = 0;
  std::optional<std::string> problem_;
  bool said_full_ = false;
};

}  // namespace atlas::agent
