#include "ingest/rekeyer.hpp"

#include "ingest/correlation.hpp"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

namespace atlas::ingest {

namespace {

// Of the hosts that wait, how many a tick looks at: most of them may be offline for long.
constexpr std::size_t looks_per_tick = 5'000;
// So many at a time are entered in the registry.
constexpr std::size_t batch = 1'000;

}  // namespace

void rekeyer::sync_hosts(const std::vector<tenants::registered_host>& hosts,
                         std::shared_ptr<const tenants::key_ring> keys) {
  const bool other_keys = keys_ && keys_->newest_id() != keys->newest_id();
  keys_ = std::move(keys);
  const auto progress = tenants::progress_of(*keys_, hosts);
  if (counts_.waiting > 0 && progress.waiting.empty()) {
    spdlog::info("no host waits for the new key any more: {} have moved, {} are cut off", progress.moved,
                 progress.cut_off.size());
  }
  counts_ = {progress.moved, progress.waiting.size(), progress.cut_off.size()};
  std::map<host_id, candidate> waiting;
  for (const auto& host : hosts) {
    if (!host.key || *host.key != keys_->previous_id()) continue;
    auto known = other_keys ? waiting_.end() : waiting_.find(host.id);
    auto& entry = waiting.emplace(host.id, candidate{host, {}, {}, answer_time, false}).first->second;
    // What was sent derives from the generation: of another one it is worth nothing.
    if (known != waiting_.end() && known->second.host.generation == host.generation) {
      entry = std::move(known->second);
    }
  }
  waiting_ = std::move(waiting);
}

void rekeyer::tick(const std::vector<host_reply>& replies, clock::time_point now) {
  for (const auto& reply : replies) take(reply, now);
  move_kept();
  if (waiting_.empty()) return;
  std::size_t asks = 0;
  auto at = looked_at_ ? waiting_.upper_bound(*looked_at_) : waiting_.begin();
  for (auto looks = std::min(looks_per_tick, waiting_.size()); looks > 0; --looks, ++at) {
    if (at == waiting_.end()) at = waiting_.begin();
    auto& [id, which] = *at;
    looked_at_ = id;
    if (which.kept || now < which.due) continue;
    if (!which.correlation.empty()) give_up(which, now);
    if (now >= which.due && to_.is_online(id) && ask(which, now) && ++asks == asks_per_tick) return;
  }
}

// It may be one that knows no such command, or that has gone: it is asked less and less often.
void rekeyer::give_up(candidate& which, clock::time_point now) {
  which.correlation.clear();
  which.due = now + which.pause;
  which.pause = std::min(which.pause * 2, longest_pause);
}

bool rekeyer::ask(candidate& which, clock::time_point now) {
  auto correlation = random_correlation();
  const rekey_command command{which.host.generation + 1, keys_->next_password(which.host)};
  if (!to_.send(which.host.id, format_rekey_command(command), correlation)) return false;
  which.correlation = std::move(correlation);
  which.due = now + answer_time;
  ++asked_;
  return true;
}

void rekeyer::take(const host_reply& reply, clock::time_point now) {
  const auto found = waiting_.find(reply.host);
  const bool expected = found != waiting_.end() && !found->second.correlation.empty() &&
                        found->second.correlation == reply.correlation &&
                        reply.reply.generation == found->second.host.generation + 1;
  if (!expected) {
    ++unexpected_;
    return;
  }
  auto& which = found->second;
  if (reply.reply.problem) {
    // Its own words: only printable ones go into the log.
    std::string problem = *reply.reply.problem;
    std::replace_if(problem.begin(), problem.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    spdlog::warn("{} cannot keep its new password: {}", reply.host.text(), problem);
    which.pause = longest_pause;
    give_up(which, now);
    return;
  }
  which.correlation.clear();
  which.kept = true;
}

void rekeyer::move_kept() {
  if (moving_) return;
  std::vector<host_id> kept;
  for (const auto& [id, which] : waiting_) {
    if (which.kept && kept.size() < batch) kept.push_back(id);
  }
  if (kept.empty()) return;
  moving_ = true;
  to_.move(std::move(kept), keys_->previous_id());
}

}  // namespace atlas::ingest
