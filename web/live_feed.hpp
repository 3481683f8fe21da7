#pragma once

#include "core/fleet.hpp"
#include "web/frame_json.hpp"
#include "web/host_counts.hpp"
#include "web/live_source.hpp"
#include "web/ports.hpp"
#include "web/view_request.hpp"

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

struct live_feed_options {
  std::chrono::milliseconds interval{250};  // least time between two deltas
  std::size_t max_lag = 8;                  // deltas
};

// Turns what happens in the fleet into a snapshot and numbered deltas. Without readers it does nothing but
// remember that something happened. The newest deltas are kept for readers that are a little behind; a reader
// that is further behind gets a snapshot, so that a slow one costs no memory.
class live_feed : public live_source, public std::enable_shared_from_this<live_feed> {
 public:
  // Deltas of a fleet that are kept for `resume`.
  static constexpr std::size_t kept_deltas = 64;
  static constexpr std::size_t kept_bytes = 8 * 1024 * 1024;

  // The references outlive stop().
  live_feed(boost::asio::io_context& io, live_feed_options options, const branding& brand, const fleet& hosts,
            host_counts& watchers, service& backend);

  // Deltas after `resume_after` come first where they are still known, else a snapshot.
  void join(live_reader& reader, std::optional<std::uint64_t> resume_after) override;
  void leave(live_reader& reader) override;
  live_frame take(live_reader& reader) override;
  // Nothing after `seq` is with the reader; it has all hosts.
  void resume(live_reader& reader, std::uint64_t seq, const std::vector<host_id>& have) override;
  void focus(live_reader& reader, std::optional<host_id> host) override;
  // This feed tells of the whole fleet anyway.
  void view(live_reader& /*reader*/, view_request /*asked*/) override {}

  void publish(const fleet_effects& effects);
  // The branding is new: every reader gets a snapshot next, also one that comes back.
  void rebrand();
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
  host_counts& watchers_;
  service& backend_;
  boost::asio::steady_timer timer_;

  std::vector<live_reader*> readers_;

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
