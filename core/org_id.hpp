#pragma once

#include "core/error.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace atlas {

// The identity of an organisation: a random (version 4) UUID of RFC 4122, in lower case.
// Only parse() makes one; the text is canonical, so equality of texts is equality of ids.
class org_id {
 public:
  static result<org_id> parse(std::string_view text);

  // 36 characters; valid as long as this object.
  std::string_view text() const { return {text_.data(), text_.size()}; }
  // The UUID's 16 bytes in network order: the salt of every key derivation.
  std::array<std::uint8_t, 16> bytes() const;
  // The first 8 characters, as file names and log lines show it.
  std::string short_text() const { return std::string(text().substr(0, 8)); }

  friend auto operator<=>(const org_id&, const org_id&) = default;

 private:
  org_id() = default;
  std::array<char, 36> text_{};
};

}  // namespace atlas
