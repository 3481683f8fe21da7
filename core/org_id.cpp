#include "core/org_id.hpp"

#include <algorithm>

namespace atlas {

namespace {

constexpr bool is_lower_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }
constexpr bool is_hyphen_place(std::size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }
constexpr std::uint8_t nibble(char c) { return static_cast<std::uint8_t>(c <= '9' ? c - '0' : c - 'a' + 10); }

bool is_canonical_v4(std::string_view text) {
  if (text.size() != 36) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_hyphen_place(i) ? text[i] != '-' : !is_lower_hex(text[i])) {
      return false;
    }
  }
  const char variant = text[19];
  return text[14] == '4' && (variant == '8' || variant == '9' || variant == 'a' || variant == 'b');
}

}  // namespace

result<org_id> org_id::parse(std::string_view text) {
  if (!is_canonical_v4(text)) {
    return failure("organization id",
                   "is not a random (version 4) UUID in lower case; uuidgen --random makes one");
  }
  org_id id;
  std::copy(text.begin(), text.end(), id.text_.begin());
  return id;
}

std::array<std::uint8_t, 16> org_id::bytes() const {
  std::array<std::uint8_t, 16> bytes{};
  std::size_t digits = 0;
  for (const char c : text_) {
    if (c != '-') {
      auto& byte = bytes[digits / 2];
      byte = static_cast<std::uint8_t>(byte << 4 | nibble(c));
      ++digits;
    }
  }
  return bytes;
}

}  // namespace atlas
