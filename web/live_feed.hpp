#pragma once

#include "core/fleet.hpp"
#include "web/frame_json.hpp"
#include "web/ports.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace atlas::web {

// One text frame, written once and shared by all browsers.
using live_frame = std::shared_ptr<const std::string>;

class live_feed;

// A browser's place in the feed. It holds no frames: only how far it has read.
class live_reader {
 public:
  virtual ~live_reader() = default;
  // There is something to take(); called on the loop thread, must not join or leave the feed.
  virtual void wake() = 0;

 private:
  friend class live_feed;
  std::uint64_t seq_ = 0;          // the newest frame taken
  std::uint64_t lag_allowed_ = 0;  // deltas that it may be behind before it gets a snapshot instead
  bool wants_snapshot_ = true;
  bool had_snapshot_ = false;
  std::optional<host_id> focus_;
};

struct live_feed_options {
  std::chrono::milliseconds interval{250};  // least time between two deltas
  std::size_t max_lag = 8;                  // deltas
};

// Turns what happens in the fleet into a snapshot and numbered deltas. Without readers it does nothing but
// remember that something happened. The newest deltas are kept for readers that are a little behind; a reader
// that is further behind gets a snapshot, so that a slow one costs no memory.
class live_feed : public std::enable_shared_from_this<live_feed> {
 public:
  // Deltas of a fleet that are kept for `resume`.
  static constexpr std::size_t kept_deltas = 64;
  static constexpr std::size_t kept_bytes = 8 * 1024 * 1024;

  // The references outlive stop().
  live_feed(boost::asio::io_context& io, live_feed_options options, const branding& brand, const fleet& hosts,
            service& backend);

  // Deltas after `resume_after` come first where they are still known, else a snapshot.
  void join(live_reader& reader, std::optional<std::uint64_t> resume_after);
  void leave(live_reader& reader);
  // The next frame for this reader, or nothing when it has them all.
  live_frame take(live_reader& reader);
  // The reader has everything up to `seq` and nothing after it.
  void resume(live_reader& reader, std::uint64_t seq);
  // The host that this reader looks at closely; a host not known counts as none.
  void focus(live_reader& reader, std::optional<host_id> host);

  void publish(const fleet_effects& effects);
  // Lets go of all readers and timers.
  void stop();

  std::size_t readers() const { return readers_.size(); }
  std::uint64_t resyncs() const { return resyncs_; }
  std::uint64_t deltas_written() const { return deltas_written_; }
  std::uint64_t snapshots_written() const { return snapshots_written_; }

 private:
  void mark(const fleet_effects& effects);
  void schedule_delta();
  void write_delta();
  void keep(live_frame delta);
  live_frame snapshot();
  bool can_follow(std::uint64_t seq) const;
  void forget_all();
  void release(const host_id& host);

  boost::asio::io_context& io_;
  live_feed_options options_;
  const branding& brand_;
  const fleet& hosts_;
  service& backend_;
  boost::asio::steady_timer timer_;

  std::vector<live_reader*> readers_;
  std::unordered_map<host_id, std::size_t> watchers_;

  // What the next delta will tell.
  std::unordered_set<host_id> changed_;
  std::unordered_set<host_id> removed_;
  std::unordered_map<std::string, alert> alerts_;  // by id
  bool scheduled_ = false;
  std::chrono::steady_clock::time_point last_delta_;
  std::unordered_map<host_id, seen_host> seen_;

  std::uint64_t seq_;              // of the newest delta
  std::deque<live_frame> deltas_;  // the last one has seq_
  std::size_t delta_bytes_ = 0;
  live_frame snapshot_;
  std::uint64_t snapshot_seq_ = 0;
  bool missed_ = false;  // something happened while nobody read

  std::uint64_t resyncs_ = 0;
  std::uint64_t deltas_written_ = 0;
  std::uint64_t snapshots_written_ = 0;
};

}  // namespace atlas::web
