#include "agent/sample_buffer.hpp"

namespace atlas::agent {

void sample_buffer::add(std::string sample) {
  if (sample.size() > max_payload) {
    ++dropped_;
    return;
  }
  if (samples_.size() == max_samples) {
    samples_.pop_front();
    if (under_way_ > 0) --under_way_;
    ++dropped_;
  }
  samples_.push_back(std::move(sample));
}

std::string sample_buffer::next_batch() {
  if (under_way_ > 0 || samples_.empty()) return {};
  std::string batch = "[";
  for (const auto& sample : samples_) {
    if (batch.size() + sample.size() + 1 > max_payload) break;
    if (under_way_ > 0) batch += ',';
    batch += sample;
    ++under_way_;
  }
  if (under_way_ <= 1) {
    under_way_ = 1;
    return samples_.front();
  }
  batch += ']';
  return batch;
}

void sample_buffer::taken() {
  samples_.erase(samples_.begin(), samples_.begin() + static_cast<std::ptrdiff_t>(under_way_));
  under_way_ = 0;
}

}  // namespace atlas::agent
