#include "core/clean_text.hpp"

namespace atlas {

namespace {

// Bytes of the well-formed UTF-8 character at the front (Unicode, table 3-7), 0 when there is none.
std::size_t character_size(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : static_cast<unsigned char>(0);
  };
  const auto is_tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return is_tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = first == 0xED && byte(1) > 0x9F;
    return is_tail(1) && is_tail(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && byte(1) < 0x90;
    const bool too_high = first == 0xF4 && byte(1) > 0x8F;
    return is_tail(1) && is_tail(2) && is_tail(3) && !overlong && !too_high ? 4 : 0;
  }
  return 0;
}

}  // namespace

std::string clean_text(std::string_view text, std::size_t max_bytes) {
  std::string out;
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    const bool control = static_cast<unsigned char>(text.front()) < 0x20 || text.front() == 0x7F;
    const auto piece = size == 0 || control ? std::string_view("?") : text.substr(0, size);
    if (out.size() + piece.size() > max_bytes) break;
    out += piece;
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return out;
}

}  // namespace atlas
