#include "ingest/inbox.hpp"

#include <utility>

namespace atlas::ingest {

namespace {

// After a burst a batch gives its memory back: 1,024 events are about half a megabyte.
constexpr std::size_t kept_capacity = 1024;

}  // namespace

inbox::inbox(limits bounds, std::function<void()> wake) : limits_(bounds), wake_(std::move(wake)) {}

bool inbox::push(fleet_event&& event, std::size_t bytes) {
  bool wake = false;
  {
    const std::scoped_lock lock(mutex_);
    if (waiting_.size() >= limits_.events || bytes > limits_.bytes - bytes_) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return false;
    }
    waiting_.push_back(std::move(event));
    bytes_ += bytes;
    wake = std::exchange(consumer_sleeps_, false);
  }
  if (wake) {
    wake_();
  }
  return true;
}

bool inbox::take(std::vector<fleet_event>& batch) {
  batch.clear();
  if (batch.capacity() > kept_capacity) {
    batch = {};
  }
  const std::scoped_lock lock(mutex_);
  waiting_.swap(batch);
  bytes_ = 0;
  consumer_sleeps_ = batch.empty();
  return !batch.empty();
}

}  // namespace atlas::ingest
