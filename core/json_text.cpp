#include "core/json_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace atlas {

namespace {

template <class Integer>
void append_integer(std::string& out, Integer value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  if (std::all_of(text.begin(), text.end(), is_plain)) {
    out += '"';
    out += text;
    out += '"';
    return;
  }
  out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void append_json_strings(std::string& out, const std::vector<std::string>& texts) {
  out += '[';
  for (const auto& text : texts) {
    out += out.back() == '[' ? "" : ",";
    append_json_string(out, text);
  }
  out += ']';
}

void append_json_number(std::string& out, double value) {
  constexpr double exact_hundredths =
      1e13;  // hundredths of anything larger do not fit the 53 bits of a double
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  if (std::abs(value) >= exact_hundredths) {
    fmt::format_to(std::back_inserter(out), "{:.17g}", value);
    return;
  }
  const long long hundredths = std::llround(value * 100);
  if (hundredths < 0) {
    out += '-';
  }
  const auto magnitude = static_cast<std::uint64_t>(std::llabs(hundredths));
  append_integer(out, magnitude / 100);
  const auto fraction = static_cast<unsigned>(magnitude % 100);
  if (fraction != 0) {
    out += '.';
    out += static_cast<char>('0' + fraction / 10);
    if (fraction % 10 != 0) {
      out += static_cast<char>('0' + fraction % 10);
    }
  }
}

void append_json_integer(std::string& out, std::int64_t value) { append_integer(out, value); }
void append_json_integer(std::string& out, std::uint64_t value) { append_integer(out, value); }

void append_json_time(std::string& out, const std::optional<unix_ms>& value) {
  if (value) {
    append_json_integer(out, to_int(*value));
  } else {
    out += "null";
  }
}

}  // namespace atlas
