#pragma once

#include "core/fleet.hpp"
#include "web/alert_log.hpp"
#include "web/host_counts.hpp"
#include "web/live_source.hpp"
#include "web/live_view.hpp"
#include "web/ports.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace atlas::web {

// Gives each browser what it shows of the fleet: the rows in its window, the hosts in trouble, counts, and a
// number of every host for colours. A change of a host that a browser shows reaches it at once, or `interval`
// after the frame before; what else changes is looked at once or twice a second. Frames are made when a
// browser can take one, so that a slow one gets the newest state and costs no memory.
class view_feed : public live_source, public std::enable_shared_from_this<view_feed> {
 public:
  // The references outlive stop().
  view_feed(boost::asio::io_context& io, std::chrono::milliseconds interval, const branding& brand,
            const fleet& hosts, host_counts& watchers, service& backend);
  ~view_feed() override;

  // Nothing is sent before the reader has said what it shows.
  void join(live_reader& reader, std::optional<std::uint64_t> resume_after) override;
  void leave(live_reader& reader) override;
  live_frame take(live_reader& reader) override;
  // Before the first view().
  void resume(live_reader& reader, std::uint64_t seq, const std::vector<host_id>& have) override;
  void focus(live_reader& reader, std::optional<host_id> host) override;
  void view(live_reader& reader, view_request asked) override;

  void publish(const fleet_effects& effects);
  // The branding is new.
  void rebrand();
  // Lets go of all readers and timers.
  void stop();

 private:
  using clock = std::chrono::steady_clock;
  struct place;

  place* find(live_reader& reader) const;
  void want(place& at, clock::time_point due);
  void want_refresh();
  void schedule();
  void run_due();
  void sort_names();

  boost::asio::io_context& io_;
  std::chrono::milliseconds interval_;
  const fleet& hosts_;
  service& backend_;
  host_counts& watchers_;
  boost::asio::steady_timer timer_;

  std::vector<const host_state*> by_name_;
  alert_log alerts_;
  view_context context_;
  host_counts held_;  // by any view
  std::unordered_map<live_reader*, std::unique_ptr<place>> places_;

  clock::time_point next_due_ = clock::time_point::max();
  clock::time_point scheduled_for_ = clock::time_point::max();
  bool refresh_wanted_ = false;  // of all places
};

}  // namespace atlas::web
