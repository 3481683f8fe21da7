#pragma once

#include "core/fleet.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

namespace atlas::ingest {

// What waits between the MQTT thread and the loop: bounded by events and by the bytes of the payloads they
// came from. When it is full the newest event is dropped and counted. Any number of producers, one consumer.
class inbox {
 public:
  struct limits {
    std::size_t events = 65'536;
    std::size_t bytes = std::size_t{64} * 1024 * 1024;
  };

  // `wake` is called on the producer's thread, without a lock held, by the first push after take() found
  // nothing: not again until take() has found nothing once more.
  inbox(limits bounds, std::function<void()> wake);

  // False when it was dropped. `bytes` is the size of the payload.
  bool push(fleet_event&& event, std::size_t bytes);

  // Puts all that waits, in order, into `batch` in place of what is there. False when nothing waits.
  bool take(std::vector<fleet_event>& batch);

  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  const limits limits_;
  const std::function<void()> wake_;
  std::atomic<std::uint64_t> dropped_ = 0;

  std::mutex mutex_;  // guards the members below
  std::vector<fleet_event> waiting_;
  std::size_t bytes_ = 0;
  bool consumer_sleeps_ = true;
};

}  // namespace atlas::ingest
