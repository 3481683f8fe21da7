#include "agent/backoff.hpp"

#include <algorithm>

namespace atlas::agent {

backoff::backoff(milliseconds first, milliseconds most)
    : first_(std::min(first, most)), most_(most), step_(first_) {}

backoff::milliseconds backoff::next(double random) {
  const auto step = step_;
  step_ = std::min(step_ * 2, most_);
  const double share = 0.5 + 0.5 * std::clamp(random, 0.0, 1.0);
  return std::chrono::round<milliseconds>(std::chrono::duration<double, std::milli>(step) * share);
}

}  // namespace atlas::agent
