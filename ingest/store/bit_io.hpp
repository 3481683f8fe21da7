#pragma once

#include "ingest/store/byte_io.hpp"

#include <algorithm>
#include <bit>

namespace atlas::ingest::store {

// Bits, the lowest of a byte first.
class bit_writer {
 public:
  explicit bit_writer(bytes& out) : out_(out) {}

  // The lowest `count` bits, at most 32.
  void bits(std::uint64_t value, unsigned count) {
    held_ |= (value & ((std::uint64_t{1} << count) - 1)) << held_count_;
    held_count_ += count;
    for (; held_count_ >= 8; held_count_ -= 8) {
      out_.push_back(static_cast<std::uint8_t>(held_));
      held_ >>= 8;
    }
  }
  void finish() {
    if (held_count_ > 0) {
      out_.push_back(static_cast<std::uint8_t>(held_));
    }
  }

 private:
  bytes& out_;
  std::uint64_t held_ = 0;
  unsigned held_count_ = 0;  // below 8 between calls
};

class bit_reader {
 public:
  explicit bit_reader(byte_view in) : in_(in) {}

  bool ok() const { return ok_; }

  // At most 32.
  std::uint64_t bits(unsigned count) {
    fill(count);
    const auto value = held_ & ((std::uint64_t{1} << count) - 1);
    drop(count);
    return value;
  }
  // How many ones stand before the next zero, which is taken too; at most `most` ones, then no zero is.
  unsigned ones(unsigned most) {
    fill(most + 1);
    const auto found = std::min(static_cast<unsigned>(std::countr_one(held_)), most);
    drop(found < most ? found + 1 : most);
    return found;
  }

 private:
  void fill(unsigned wanted) {
    while (held_count_ < wanted && next_ < in_.size()) {
      held_ |= static_cast<std::uint64_t>(in_[next_++]) << held_count_;
      held_count_ += 8;
    }
  }
  void drop(unsigned count) {
    if (count > held_count_) {
      ok_ = false;
      held_ = 0;
      held_count_ = 0;
      next_ = in_.size();
      return;
    }
    held_ >>= count;
    held_count_ -= count;
  }

  byte_view in_;
  std::size_t next_ = 0;
  std::uint64_t held_ = 0;
  unsigned held_count_ = 0;
  bool ok_ = true;
};

}  // namespace atlas::ingest::store
