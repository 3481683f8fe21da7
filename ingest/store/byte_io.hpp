#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atlas::ingest::store {

using bytes = std::vector<std::uint8_t>;
using byte_view = std::span<const std::uint8_t>;

// Signed numbers near zero as small unsigned ones.
constexpr std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

// Appends to a string of bytes. Whole numbers are LEB128, floats little-endian.
class byte_writer {
 public:
  explicit byte_writer(bytes& out) : out_(out) {}

  void byte(std::uint8_t value) { out_.push_back(value); }
  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) {
      out_.push_back(static_cast<std::uint8_t>(value | 0x80));
    }
    out_.push_back(static_cast<std::uint8_t>(value));
  }
  void signed_number(std::int64_t value) { number(zigzag(value)); }
  void real(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (int shift = 0; shift < 32; shift += 8) {
      out_.push_back(static_cast<std::uint8_t>(bits >> shift));
    }
  }
  void append(byte_view content) { out_.insert(out_.end(), content.begin(), content.end()); }
  // With its length in front.
  void text(std::string_view value) {
    number(value.size());
    out_.insert(out_.end(), value.begin(), value.end());
  }
  void block(byte_view content) {
    number(content.size());
    append(content);
  }

 private:
  bytes& out_;
};

// Reads what byte_writer wrote. What is damaged makes ok() false, and from then on every read gives zero.
class byte_reader {
 public:
  explicit byte_reader(byte_view in) : in_(in) {}

  bool ok() const { return ok_; }
  std::size_t left() const { return in_.size(); }

  std::uint8_t byte() {
    if (in_.empty()) {
      fail();
      return 0;
    }
    const auto value = in_.front();
    in_ = in_.subspan(1);
    return value;
  }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto next = byte();
      value |= static_cast<std::uint64_t>(next & 0x7f) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    fail();
    return 0;
  }
  // At most `most`; beyond it the input is damaged.
  std::size_t count(std::size_t most) {
    const auto value = number();
    if (value > most) {
      fail();
      return 0;
    }
    return static_cast<std::size_t>(value);
  }
  std::int64_t signed_number() { return unzigzag(number()); }
  float real() {
    std::uint32_t bits = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      bits |= static_cast<std::uint32_t>(byte()) << shift;
    }
    return std::bit_cast<float>(bits);
  }
  byte_view take(std::size_t size) {
    if (size > in_.size()) {
      fail();
      return {};
    }
    const auto taken = in_.first(size);
    in_ = in_.subspan(size);
    return taken;
  }
  byte_view block() { return take(count(in_.size())); }
  std::string text() {
    const auto content = block();
    return {content.begin(), content.end()};
  }
  void fail() {
    ok_ = false;
    in_ = {};
  }

 private:
  byte_view in_;
  bool ok_ = true;
};

}  // namespace atlas::ingest::store
