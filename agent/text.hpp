#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>

namespace atlas::agent {

// Reading the line-and-word texts of /proc without copies: each takes its part off the front of `rest`.

// Up to and without the next line end; empty with an empty `rest` at the end.
std::string_view take_line(std::string_view& rest);
// The next run of characters that are not blank; empty when there is none.
std::string_view take_word(std::string_view& rest);
// `text` without blanks and line ends around it.
std::string_view trimmed(std::string_view text);

// The whole of `text` as a decimal number.
template <class Number>
  requires std::integral<Number> || std::floating_point<Number>
std::optional<Number> to_number(std::string_view text) {
  Number value{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace atlas::agent
