#include "core/disk_trend.hpp"

#include <algorithm>
#include <array>

namespace atlas {

namespace {

constexpr double buckets_per_hour = 6;

}  // namespace

void disk_trend::add(double percent, unix_ms at) {
  const auto number = at.time_since_epoch() / bucket;
  if (count_ > 0 && number < open_) {  // the clock was set back: the times before mean nothing now
    *this = disk_trend();
  }
  if (count_ > 0 && number > open_) {
    close_bucket();
  }
  open_ = number;
  sum_ += percent;
  ++count_;
}

void disk_trend::close_bucket() {
  const auto oldest = open_ - static_cast<std::int64_t>(capacity) + 1;
  std::erase_if(means_, [oldest](const mean& each) { return each.bucket < oldest; });
  means_.reserve(capacity);
  means_.push_back({static_cast<std::uint32_t>(open_), static_cast<float>(sum_ / count_)});
  sum_ = 0;
  count_ = 0;
  measure();
}

void disk_trend::measure() {
  hours_.reset();
  if (means_.size() < least) {
    return;
  }
  std::array<float, capacity*(capacity - 1) / 2> slopes{};  // percent a bucket
  std::size_t size = 0;
  for (std::size_t i = 0; i < means_.size(); ++i) {
    for (std::size_t j = i + 1; j < means_.size(); ++j) {
      slopes.at(size++) =
          (means_[j].percent - means_[i].percent) / static_cast<float>(means_[j].bucket - means_[i].bucket);
    }
  }
  const auto middle = slopes.begin() + static_cast<std::ptrdiff_t>(size / 2);
  std::nth_element(slopes.begin(), middle, slopes.begin() + static_cast<std::ptrdiff_t>(size));
  const double slope = *middle;
  const double left = std::max(0.0, 100.0 - means_.back().percent);
  hours_ = slope > 0 ? std::min(horizon, left / slope / buckets_per_hour) : left > 0 ? horizon : 0;
}

}  // namespace atlas
