#include "web/view_feed.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>

namespace atlas::web {

namespace {

// Above every number of an earlier run of this service, so that no browser can resume into the wrong run:
// fleets do not change a million times a second. Exact in a JavaScript number.
std::uint64_t first_seq() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

}  // namespace

struct view_feed::place {
  place(const view_context& context, host_counts& held) : view(context, held) {}

  live_view view;
  std::optional<host_id> focus;
  clock::time_point last_frame;
  clock::time_point due = clock::time_point::max();
  bool ready = false;  // to be looked at by the next take()
};

view_feed::view_feed(boost::asio::io_context& io, std::chrono::milliseconds interval, const branding& brand,
                     const fleet& hosts, host_counts& watchers, service& backend)
    : io_(io),
      interval_(interval),
      hosts_(hosts),
      backend_(backend),
      watchers_(watchers),
      timer_(io),
      context_{hosts, brand, by_name_, alerts_, first_seq()} {}

view_feed::~view_feed() = default;

void view_feed::join(live_reader& reader, std::optional<std::uint64_t> /*resume_after*/) {
  places_.emplace(&reader, std::make_unique<place>(context_, held_));
}

void view_feed::leave(live_reader& reader) {
  focus(reader, std::nullopt);
  places_.erase(&reader);
}

live_frame view_feed::take(live_reader& reader) {
  auto* at = find(reader);
  if (at == nullptr || !std::exchange(at->ready, false)) {
    return nullptr;
  }
  if (by_name_.size() != hosts_.size()) {
    sort_names();
  }
  const auto now = clock::now();
  auto frame = at->view.write(now);
  if (frame) {
    at->last_frame = now;
  }
  return frame;
}

void view_feed::resume(live_reader& reader, std::uint64_t seq, const std::vector<host_id>& have) {
  auto* at = find(reader);
  if (at != nullptr && !at->view.was_asked()) {
    at->view.resume(seq, have);
  }
}

void view_feed::focus(live_reader& reader, std::optional<host_id> host) {
  auto* at = find(reader);
  if (host && hosts_.find(*host) == nullptr) {
    host.reset();
  }
  if (at == nullptr || host == at->focus) {
    return;
  }
  if (host && watchers_.add(*host)) {
    backend_.focus(*host, true);
  }
  if (at->focus && watchers_.drop(*at->focus)) {
    backend_.focus(*at->focus, false);
  }
  at->focus = std::move(host);
  at->view.look_at(at->focus);
  at->ready = at->view.was_asked();
}

void view_feed::view(live_reader& reader, view_request asked) {
  if (auto* at = find(reader)) {
    at->view.ask(std::move(asked));
    at->ready = true;
  }
}

// Nothing for a reader that has left, or was let go of.
view_feed::place* view_feed::find(live_reader& reader) const {
  const auto found = places_.find(&reader);
  return found == places_.end() ? nullptr : found->second.get();
}

void view_feed::publish(const fleet_effects& effects) {
  if (!effects.alerts.empty()) {
    alerts_.add(effects.alerts, hosts_.revision());
  }
  if (!effects.removed.empty()) {
    by_name_.clear();
    for (auto& [reader, at] : places_) {
      at->view.drop_list();
    }
  }
  if (places_.empty() || (effects.changed.empty() && effects.removed.empty() && effects.alerts.empty())) {
    return;
  }
  for (const auto* host : effects.changed) {
    if (held_.contains(host->id)) {
      for (auto& [reader, at] : places_) {
        if (at->view.holds(host->id)) {
          want(*at, at->last_frame + interval_);
        }
      }
    }
  }
  if (!effects.alerts.empty() || !effects.removed.empty()) {
    for (auto& [reader, at] : places_) {
      want(*at, at->last_frame + interval_);
    }
  }
  want_refresh();
  schedule();
}

void view_feed::want(place& at, clock::time_point due) {
  at.due = std::min(at.due, due);
  next_due_ = std::min(next_due_, due);
}

void view_feed::want_refresh() {
  if (!std::exchange(refresh_wanted_, true)) {
    for (auto& [reader, at] : places_) {
      want(*at, at->view.refresh_due());
    }
  }
}

// Posted, or a timer: never from within publish(), so that a whole batch of events makes one frame.
void view_feed::schedule() {
  if (next_due_ >= scheduled_for_) {
    return;
  }
  scheduled_for_ = next_due_;
  if (next_due_ <= clock::now()) {
    boost::asio::post(io_, [self = shared_from_this()] { self->run_due(); });
    return;
  }
  timer_.expires_at(next_due_);
  timer_.async_wait([self = shared_from_this()](const auto& cancelled) {
    if (!cancelled) {
      self->run_due();
    }
  });
}

void view_feed::run_due() {
  const auto now = clock::now();
  scheduled_for_ = clock::time_point::max();
  next_due_ = clock::time_point::max();
  refresh_wanted_ = false;
  for (auto& [reader, at] : places_) {
    if (at->due > now) {
      next_due_ = std::min(next_due_, at->due);
    } else {
      at->due = clock::time_point::max();
      at->ready = at->view.was_asked();
      reader->wake();
    }
  }
  if (next_due_ != clock::time_point::max()) {
    schedule();
  }
}

void view_feed::sort_names() {
  by_name_ = hosts_.hosts();
  std::ranges::sort(by_name_, [](const host_state* a, const host_state* b) {
    return natural_less(a->id.text(), b->id.text());
  });
}

void view_feed::rebrand() {
  for (auto& [reader, at] : places_) {
    at->view.rebrand();
    want(*at, at->last_frame + interval_);
  }
  schedule();
}

void view_feed::stop() {
  while (!places_.empty()) {
    leave(*places_.begin()->first);
  }
  timer_.cancel();
}

}  // namespace atlas::web
