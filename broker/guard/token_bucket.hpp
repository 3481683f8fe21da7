#pragma once

#include <algorithm>
#include <chrono>

namespace atlas::guard {

using monotonic_time = std::chrono::steady_clock::time_point;

// So much a second, and for a moment `burst` at once.
struct rate_limit {
  double per_second;
  double burst;
};

// What is left of a rate_limit. Full at first.
class token_bucket {
 public:
  // Takes `amount` if it is there. The limit may be another one each time.
  bool take(double amount, const rate_limit& limit, monotonic_time now) {
    left_ = left_at(limit, now);
    begun_ = true;
    filled_ = now;
    if (amount > left_) return false;
    left_ -= amount;
    return true;
  }
  // Gives back what was taken for something that did not happen after all.
  void put_back(double amount) { left_ += amount; }
  bool is_full(const rate_limit& limit, monotonic_time now) const {
    return left_at(limit, now) >= limit.burst;
  }

 private:
  double left_at(const rate_limit& limit, monotonic_time now) const {
    if (!begun_) return limit.burst;
    const std::chrono::duration<double> passed = now - filled_;
    return std::min(limit.burst, left_ + std::max(0.0, passed.count()) * limit.per_second);
  }

  bool begun_ = false;
  double left_ = 0;
  monotonic_time filled_{};
};

}  // namespace atlas::guard
