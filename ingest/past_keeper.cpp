#include "ingest/past_keeper.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <unordered_set>
#include <utility>

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

namespace atlas::ingest {

namespace {

// The worker serves people too.
constexpr std::size_t most_a_batch = 2'000;
constexpr std::chrono::hours between_prunes{24};

std::string text_of(const error& problem) { return problem.where + ": " + problem.what; }

bool is_kept(alert_change change) {
  return change != alert_change::none && change != alert_change::silenced &&
         change != alert_change::unsilenced;
}

}  // namespace

past_keeper::past_keeper(boost::asio::io_context& io, boost::asio::thread_pool& worker,
                         tenants::registry& own, tenants::registry& of_worker, const tenant_service& service,
                         const wall_clock& clock)
    : io_(io), worker_(worker), own_(own), of_worker_(of_worker), service_(service), clock_(clock) {}

void past_keeper::take(const fleet_effects& effects) {
  for (const auto& each : effects.alerts) {
    if (is_kept(each.change)) {
      add(each);
    }
  }
  for (const auto& each : effects.events) {
    add(each);
  }
  for (const auto& each : effects.removed) {
    add(each);
  }
  if (!failing_) {
    write();
  }
}

void past_keeper::add(past_step step) {
  if (waiting_.size() >= most_waiting) {
    waiting_.pop_front();
  }
  waiting_.push_back(std::move(step));
}

void past_keeper::settle() {
  const auto open = own_.open_incidents();
  if (!open) {
    spdlog::error("{}", text_of(open.error()));
    return;
  }
  std::unordered_set<std::string> known;
  for (const auto& each : *open) {
    known.insert(each.key.id());
    const auto present = service_.hosts().find_alert(each.key);
    if (!present || !is_raised(present->phase)) {
      alert over{each.key, each.severity};
      over.since = end_of(each);
      over.worst = each.worst;
      over.change = alert_change::resolved;
      add(std::move(over));
    }
  }
  for (auto& each : service_.hosts().firing_alerts()) {
    if (!known.contains(each.key.id())) {
      each.change = alert_change::fired;
      add(std::move(each));
    }
  }
  write();
  prune();
}

// As the alert remembers it, where it does.
unix_ms past_keeper::end_of(const incident& open) const {
  const auto present = service_.hosts().find_alert(open.key);
  const bool remembers = present && present->phase == alert_phase::ok && present->since > open.fired;
  return remembers ? present->since : clock_.now();
}

void past_keeper::write() {
  if (writing_ || stopped_ || waiting_.empty()) {
    return;
  }
  writing_ = true;
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(most_a_batch, waiting_.size()));
  std::vector<past_step> batch(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  boost::asio::post(worker_, [this, batch = std::move(batch)]() mutable {
    auto written = of_worker_.store_past(batch);
    boost::asio::post(io_, [this, batch = std::move(batch), written = std::move(written)]() mutable {
      finish_write(std::move(batch), written);
    });
  });
}

void past_keeper::finish_write(std::vector<past_step> batch, const result<void>& written) {
  writing_ = false;
  if (!written) {
    if (!std::exchange(failing_, true)) {
      spdlog::error("{}; the history of alerts waits in memory", text_of(written.error()));
    }
    waiting_.insert(waiting_.begin(), std::make_move_iterator(batch.begin()),
                    std::make_move_iterator(batch.end()));
    return;
  }
  failing_ = false;
  write();
}

void past_keeper::tick() {
  write();
  if (pruned_ != unix_ms{} && clock_.now() - pruned_ >= between_prunes) {
    prune();
  }
}

void past_keeper::prune() {
  pruned_ = clock_.now();
  boost::asio::post(worker_, [this, now = pruned_] {
    if (const auto pruned = of_worker_.prune_past(now); !pruned) {
      spdlog::error("{}", text_of(pruned.error()));
    }
  });
}

void past_keeper::stop() {
  stopped_ = true;
  const std::vector<past_step> rest(waiting_.begin(), waiting_.end());
  if (rest.empty()) {
    return;
  }
  if (const auto written = own_.store_past(rest); !written) {
    spdlog::error("{}", text_of(written.error()));
  }
}

}  // namespace atlas::ingest
