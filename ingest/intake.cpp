#include "ingest/intake.hpp"

#include "core/guard_report.hpp"
#include "core/host_info.hpp"
#include "core/host_status.hpp"
#include "core/topic.hpp"
#include "ingest/guard_watch.hpp"
#include "ingest/inbox.hpp"

#include <algorithm>
#include <chrono>
#include <tuple>
#include <utility>

namespace atlas::ingest {

namespace {

constexpr std::size_t max_restored = 100'000;  // alerts
constexpr std::size_t max_replies = 4'096;
constexpr std::size_t max_answers = 128;     // of up to 32 KiB
constexpr std::size_t max_correlation = 64;  // bytes; this service's own have 16

std::size_t index_of(rejection reason) { return static_cast<std::size_t>(reason); }
std::size_t index_of(refusal reason) { return static_cast<std::size_t>(reason); }

}  // namespace

intake::intake(org_id org, inbox& out, guard_watch& guard) : org_(org), out_(out), guard_(guard) {}

void intake::take(std::string_view topic, std::string_view payload, bool retained,
                  std::string_view correlation) {
  const auto parsed = parse_host_topic(org_, topic);
  if (!parsed) {
    take_other(topic, payload, retained);
    return;
  }
  switch (parsed->channel) {
    case host_channel::metrics:
      if (retained) {
        count(refusal::retained_sample);
      } else {
        take_samples(parsed->host, payload);
      }
      return;
    case host_channel::info: take_info(parsed->host, payload); return;
    case host_channel::status: take_status(parsed->host, payload); return;
    case host_channel::config:
    case host_channel::ack:
    case host_channel::cmd: break;
    case host_channel::reply: take_reply(parsed->host, payload, correlation); return;
  }
  count(refusal::foreign_topic);
}

void intake::take_samples(const host_id& host, std::string_view payload) {
  decoded_.clear();
  const auto decoded = decoder_.decode(payload, decoded_);
  if (!decoded) {
    rejections_[index_of(decoded.error())].fetch_add(1, std::memory_order_relaxed);
    return;
  }
  if (decoded_.empty()) {
    return;
  }
  const bool catching_up = payload[payload.find_first_not_of(" \t\r\n")] == '[';
  // The newest first: the others are late from the start, and touch no state on the way.
  const auto newest = std::max_element(
      decoded_.begin(), decoded_.end(),
      [](const sample& a, const sample& b) { return std::tie(a.ts, a.seq) < std::tie(b.ts, b.seq); });
  std::rotate(decoded_.begin(), newest, newest + 1);
  const auto share = payload.size() / decoded_.size();
  for (auto& value : decoded_) {
    out_.push(sample_received{host, std::move(value), catching_up}, share);
  }
}

void intake::take_info(const host_id& host, std::string_view payload) {
  if (payload.empty()) {
    return;  // a retained value that was cleared
  }
  auto info = parse_host_info(payload);
  if (!info) {
    count(refusal::bad_info);
    return;
  }
  out_.push(info_received{host, std::move(*info)}, payload.size());
}

void intake::take_status(const host_id& host, std::string_view payload) {
  if (payload.empty()) {
    return;
  }
  auto status = parse_host_status(payload);
  if (!status) {
    count(refusal::bad_status);
    return;
  }
  out_.push(status_received{host, std::move(*status)}, payload.size());
}

void intake::take_reply(const host_id& host, std::string_view payload, std::string_view correlation) {
  auto listed = parse_processes_reply(payload);
  if (!listed || correlation.size() > max_correlation) {
    count(refusal::bad_reply);
    return;
  }
  if (*listed) {
    keep(answers_, {host, std::string(correlation), **std::move(listed)}, max_answers);
    return;
  }
  auto reply = parse_rekey_reply(payload);
  if (!reply) {
    count(refusal::bad_reply);
    return;
  }
  if (*reply) {  // else to a command that this service does not send
    keep(replies_, {host, std::string(correlation), **std::move(reply)}, max_replies);
  }
}

template <class Value>
void intake::keep(std::vector<Value>& waiting, Value value, std::size_t most) {
  const std::scoped_lock lock(mutex_);
  if (waiting.size() >= most) {
    count(refusal::bad_reply);
    return;
  }
  waiting.push_back(std::move(value));
}

void intake::take_guard_report(std::string_view payload) {
  if (const auto report = parse_guard_report(payload)) {
    guard_.heard(*report, std::chrono::steady_clock::now());
  } else {
    count(refusal::bad_guard_report);
  }
}

void intake::take_other(std::string_view topic, std::string_view payload, bool retained) {
  const auto parsed = parse_topic(topic);
  if (const auto* guard = parsed ? std::get_if<guard_topic>(&*parsed) : nullptr;
      guard != nullptr && guard->org == org_) {
    take_guard_report(payload);
    return;
  }
  const auto* found = parsed ? std::get_if<alert_topic>(&*parsed) : nullptr;
  if (found == nullptr || found->org != org_) {
    count(refusal::foreign_topic);
    return;
  }
  if (!retained || payload.empty()) {
    return;  // what this service has just published itself
  }
  auto value = parse_alert(payload);
  // The topic says whose alert it is; the payload must agree.
  if (!value || value->key.host != found->host || value->key.topic_level() != found->rule) {
    count(refusal::bad_alert);
    return;
  }
  const std::scoped_lock lock(mutex_);
  if (restored_.size() < max_restored) {
    restored_.push_back(std::move(*value));
  }
}

void intake::count(refusal reason) { refusals_[index_of(reason)].fetch_add(1, std::memory_order_relaxed); }

std::vector<alert> intake::take_restored() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(restored_, {});
}

std::vector<host_reply> intake::take_replies() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(replies_, {});
}

std::vector<host_answer> intake::take_answers() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(answers_, {});
}

std::uint64_t intake::rejected(rejection reason) const {
  return rejections_[index_of(reason)].load(std::memory_order_relaxed);
}

std::uint64_t intake::refused(refusal reason) const {
  return refusals_[index_of(reason)].load(std::memory_order_relaxed);
}

}  // namespace atlas::ingest
