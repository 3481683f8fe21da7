#include "core/clock_watch.hpp"

#include <algorithm>

namespace atlas {

namespace {

constexpr milliseconds span_length{5'000};
// Lags of one clock differ by less.
constexpr milliseconds same_clock{2'000};
// A smaller change is the network's.
constexpr milliseconds worth_a_change{1'000};

}  // namespace

void clock_watch::see(unix_ms ts, unix_ms now) {
  const auto lag = now - ts;
  if (known_ == 0 || now - spans_[0].since >= span_length || now < spans_[0].since) {
    std::move_backward(spans_.begin(), spans_.end() - 1, spans_.end());
    spans_[0] = {now, lag, lag};
    known_ = std::min(known_ + 1, spans_.size());
  } else {
    spans_[0].least = std::min(spans_[0].least, lag);
    spans_[0].most = std::max(spans_[0].most, lag);
  }
  if (std::chrono::abs(lag) < noticeable) {
    // No clock that is off agrees by chance.
    offset_ = {};
  } else if (lag <= -impossible) {
    if (std::chrono::abs(offset_ + lag) > worth_a_change) {
      offset_ = -lag;
    }
  } else if (const auto found = steady_lag(); found && std::chrono::abs(offset_ + *found) > worth_a_change) {
    offset_ = -*found;
  }
}

std::optional<milliseconds> clock_watch::steady_lag() const {
  if (known_ < spans_.size()) {
    return std::nullopt;
  }
  auto least = spans_[0].least;
  auto most = spans_[0].most;
  for (const auto& one : spans_) {
    least = std::min(least, one.least);
    most = std::max(most, one.most);
  }
  return most - least <= same_clock ? std::optional(least) : std::nullopt;
}

std::optional<milliseconds> clock_watch::offset() const {
  return std::chrono::abs(offset_) >= noticeable ? std::optional(offset_) : std::nullopt;
}

}  // namespace atlas
