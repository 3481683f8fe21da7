#include "ingest/ack_sender.hpp"

#include <algorithm>

namespace atlas::ingest {

namespace {

// At a time: the loop has more to do.
constexpr int most_at_once = 500;
// Of one host; a host has more only when several machines bear its name.
constexpr std::size_t most_boots = 8;
constexpr std::chrono::seconds after_refusal{1};

}  // namespace

ack_sender::ack_sender(std::chrono::milliseconds interval, sender send)
    : interval_(interval), send_(std::move(send)) {}

void ack_sender::stored(std::vector<store::host_ack> acks, time now) {
  for (auto& each : acks) {
    auto& which = hosts_[each.host];
    auto& list = which.to_send;
    std::erase_if(list, [&](const sample_ack& other) { return other.boot == each.content.boot; });
    if (list.size() >= most_boots) {
      list.erase(list.begin());
    }
    list.push_back(std::move(each.content));
    if (!which.is_due) {
      schedule(each.host, which, std::max(now, which.next));
    }
  }
  send_due(now);
}

void ack_sender::tick(time now) {
  send_due(now);
  // A host without an entry may be sent to at once, so that those that stay away need none.
  std::erase_if(hosts_, [&](const auto& each) { return !each.second.is_due && each.second.next <= now; });
}

void ack_sender::schedule(const host_id& host, entry& which, time at) {
  which.is_due = true;
  due_.emplace(at, host);
}

void ack_sender::send_due(time now) {
  for (int i = 0; i < most_at_once && !due_.empty() && due_.begin()->first <= now; ++i) {
    const auto host = due_.begin()->second;
    due_.erase(due_.begin());
    auto& which = hosts_[host];
    which.is_due = false;
    if (!send_(host, format_ack(which.to_send.front()))) {
      schedule(host, which, now + after_refusal);
      continue;
    }
    ++sent_;
    which.to_send.erase(which.to_send.begin());
    which.next = now + interval_;
    if (!which.to_send.empty()) {
      schedule(host, which, which.next);
    }
  }
}

}  // namespace atlas::ingest
