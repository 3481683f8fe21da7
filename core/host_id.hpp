#pragma once

#include "core/error.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string_view>

namespace atlas {

// The name of a host within its organisation: [A-Za-z0-9._-]{1,64}, but not "." or "..".
// Kept in place (no heap), so that it can be passed through queues by value.
class host_id {
 public:
  static constexpr std::size_t max_size = 64;
  static result<host_id> parse(std::string_view text);
  // Whether parse() takes this text; does not allocate.
  static bool is_valid(std::string_view text);

  std::string_view text() const { return {text_.data(), size_}; }

  friend bool operator==(const host_id& a, const host_id& b) { return a.text() == b.text(); }
  friend std::strong_ordering operator<=>(const host_id& a, const host_id& b) {
    return a.text() <=> b.text();
  }

 private:
  host_id() = default;
  std::array<char, max_size> text_{};
  std::uint8_t size_ = 0;
};

}  // namespace atlas

template <>
struct std::hash<atlas::host_id> {
  std::size_t operator()(const atlas::host_id& id) const noexcept {
    return std::hash<std::string_view>{}(id.text());
  }
};
