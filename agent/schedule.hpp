#pragma once

#include "agent/rate.hpp"

#include <chrono>

namespace atlas::agent {

// When samples are taken. The first comes soon after the start, so that a new machine is seen at once, but
// not before its rates and shares have a second to be measured over; the next ones keep a fixed beat.
class schedule {
 public:
  static constexpr std::chrono::milliseconds first_delay{1000};

  schedule(monotonic_time start, std::chrono::seconds interval)
      : interval_(interval), last_(start), due_(start + first_delay) {}

  monotonic_time due() const { return due_; }
  std::chrono::seconds interval() const { return interval_; }

  // A sample was taken. Beats that have passed meanwhile, as while the machine slept, are left out.
  void taken(monotonic_time now) {
    last_ = due_;
    if (now > last_) last_ += interval_ * ((now - last_) / interval_);
    due_ = last_ + interval_;
    begun_ = true;
  }

  // The next sample comes one new interval after the last one, or at once where that has passed.
  void change_interval(std::chrono::seconds interval) {
    if (begun_) due_ = last_ + interval;
    interval_ = interval;
  }

 private:
  std::chrono::seconds interval_;
  monotonic_time last_;
  monotonic_time due_;
  bool begun_ = false;
};

}  // namespace atlas::agent
