#pragma once

#include <chrono>

namespace atlas::agent {

// How long to wait before the next attempt: doubles from `first` to `most`, and is then shortened by up to
// half at random, so that a thousand agents do not come back to a restarted broker at the same moment.
class backoff {
 public:
  using milliseconds = std::chrono::milliseconds;

  backoff(milliseconds first, milliseconds most);

  // `random` is from 0 to 1. The result is between half the present step and the step.
  milliseconds next(double random);
  void reset() { step_ = first_; }

 private:
  milliseconds first_;
  milliseconds most_;
  milliseconds step_;
};

}  // namespace atlas::agent
