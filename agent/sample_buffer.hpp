#pragma once

#include <cstdint>
#include <deque>
#include <string>

namespace atlas::agent {

// Samples on their way to the broker, as JSON texts, oldest first. Bounded: when it is full the oldest is
// dropped and counted, since what a dashboard needs most is the present.
class sample_buffer {
 public:
  static constexpr std::size_t max_samples = 60;
  static constexpr std::size_t max_payload = 64 * 1024;  // of one message, see topics.md

  // A sample that no message could carry is dropped and counted as well.
  void add(std::string sample);

  // The oldest samples that fit into one message: one as it is, several as an array. They stay until taken().
  // Empty when there are none, or when a batch is under way.
  std::string next_batch();
  // The batch under way has arrived: its samples are removed.
  void taken();
  // It has not: its samples come again in the next batch.
  void returned() { under_way_ = 0; }

  std::size_t size() const { return samples_.size(); }
  std::uint64_t dropped() const { return dropped_; }

 private:
  std::deque<std::string> samples_;
  std::size_t under_way_ = 0;  // how many at the front
  std::uint64_t dropped_ = 0;
};

}  // namespace atlas::agent
