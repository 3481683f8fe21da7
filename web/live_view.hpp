#pragma once

#include "core/fleet.hpp"
#include "web/alert_log.hpp"
#include "web/frame_json.hpp"
#include "web/host_counts.hpp"
#include "web/live_source.hpp"
#include "web/view_request.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace atlas::web {

// What the views of one fleet have in common.
struct view_context {
  const fleet& hosts;
  const branding& brand;
  const std::vector<const host_state*>& by_name;  // all hosts, in the natural order of their ids
  const alert_log& alerts;
  std::uint64_t first_seq;  // the number of revision 0
};

// What one browser shows of the fleet, and what it has been told. The browser keeps the hosts of the newest
// `rows`, `trouble` and the one it looks at closely, and forgets the others; so does this. Loop thread.
class live_view {
 public:
  static constexpr std::size_t max_trouble = 24;   // hosts that are shown whatever the view is
  static constexpr std::size_t max_alerts = 2000;  // in a list of all

  using clock = std::chrono::steady_clock;

  // `held_by_views` counts what this view holds, too. The context outlives the view.
  live_view(const view_context& context, host_counts& held_by_views);
  ~live_view();
  live_view(const live_view&) = delete;
  live_view& operator=(const live_view&) = delete;

  void ask(view_request asked);
  bool was_asked() const { return asked_.has_value(); }
  // The browser still has everything up to `seq` of these hosts.
  void resume(std::uint64_t seq, const std::vector<host_id>& have);
  // This host is told of whatever the view is.
  void look_at(std::optional<host_id> host) { close_up_ = std::move(host); }
  // A host was removed: nothing may be read from the present list.
  void drop_list();
  // The branding is new.
  void rebrand() { told_org_ = false; }

  bool holds(const host_id& host) const { return held_.contains(host); }
  // When the order, the counts and the colours should be looked at again.
  clock::time_point refresh_due() const;

  // What the browser has not been told yet; nothing when there is none.
  live_frame write(clock::time_point now);

 private:
  void refresh(clock::time_point now);
  void list_rows();
  void count_trouble();
  void colour();
  void append_rows(std::string& out);
  void append_hosts(std::string& out);
  void append_alerts(std::string& out);
  static void tell(std::string& out, std::string& told, std::string now);
  std::vector<const host_state*> wanted_hosts() const;
  void hold(const std::vector<const host_state*>& hosts);

  const view_context& context_;
  host_counts& held_by_views_;
  std::optional<view_request> asked_;
  std::optional<host_id> close_up_;

  // The list as it was at the newest refresh.
  bool list_stale_ = true;
  clock::time_point refreshed_at_;
  std::vector<const host_state*> rows_;
  std::string groups_ = "[]";               // JSON
  std::string heat_;                        // the member of the frame
  std::vector<const host_state*> trouble_;  // the worst first
  std::size_t troubled_ = 0;                // how many there are

  // What the browser has.
  bool told_org_ = false;
  bool told_alerts_ = false;
  std::uint64_t told_revision_ = 0;
  std::string told_summary_;
  std::string told_rows_;
  std::string told_groups_;
  std::string told_trouble_;
  std::string told_heat_;
  std::unordered_map<host_id, seen_host> held_;
};

}  // namespace atlas::web
