#pragma once

#include "core/host_id.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace atlas::ingest::store {

// The metrics of a sample, in the order of its values; ascending numbers where nothing else is said.
using metric_list = std::vector<std::uint32_t>;

// What the samples of one run of a host's agent have in common while its parts stay the same.
struct sample_source {
  host_id host;
  std::string boot;  // empty: the publisher gives its samples no identity
  std::shared_ptr<const metric_list> metrics;
};

struct queued_sample {
  std::shared_ptr<const sample_source> from;
  std::int64_t ts = 0;
  std::optional<std::uint64_t> seq;
  std::size_t first_value = 0;  // in the batch; as many as the source has metrics
  std::uint32_t skipped = 0;    // numbers directly before seq that will never come
};

// What was handed over, in order. An entry without a source's metrics is a host to be erased.
struct sample_batch {
  std::vector<queued_sample> entries;
  std::vector<float> values;
};

// Between the loop and the store's thread. When it is full a sample is dropped and counted: it is not
// acknowledged, so that its publisher sends it again.
class sample_queue {
 public:
  struct limits {
    std::size_t samples = 200'000;
    std::size_t values = 8'000'000;  // 32 MB
  };

  explicit sample_queue(limits bounds) : limits_(bounds) {}

  // Calls put(values) to append the sample's. True when the consumer is to be woken: something waits now.
  template <class Put>
  bool push(std::shared_ptr<const sample_source> from, std::int64_t ts, std::optional<std::uint64_t> seq,
            Put put, std::uint32_t skipped = 0) {
    const std::scoped_lock lock(mutex_);
    if (waiting_.entries.size() >= limits_.samples || waiting_.values.size() >= limits_.values) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return false;
    }
    const auto first = waiting_.values.size();
    put(waiting_.values);
    waiting_.entries.push_back({std::move(from), ts, seq, first, skipped});
    return waiting_.entries.size() == 1;
  }
  // Never dropped: hosts are removed by people.
  void push_erase(const host_id& host) {
    const std::scoped_lock lock(mutex_);
    waiting_.entries.push_back(
        {std::make_shared<const sample_source>(sample_source{host, {}, nullptr}), 0, std::nullopt, 0, 0});
  }

  // All that waits, in place of what is in `batch`, which gives its memory to the queue.
  void take(sample_batch& batch) {
    batch.entries.clear();
    batch.values.clear();
    if (batch.values.capacity() > kept_values) {
      batch = {};
    }
    const std::scoped_lock lock(mutex_);
    std::swap(waiting_.entries, batch.entries);
    std::swap(waiting_.values, batch.values);
  }
  std::size_t size() const {
    const std::scoped_lock lock(mutex_);
    return waiting_.entries.size();
  }
  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::size_t kept_values = 262'144;

  const limits limits_;
  std::atomic<std::uint64_t> dropped_ = 0;
  mutable std::mutex mutex_;
  sample_batch waiting_;
};

}  // namespace atlas::ingest::store
