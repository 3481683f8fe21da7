#include "notify/encoded.hpp"

#include <algorithm>

#include <openssl/evp.h>

namespace atlas::notify {

namespace {

constexpr std::size_t word_bytes = 42;  // 56 of base64: a word may have 75 characters
constexpr std::size_t plain_limit = 60;

bool is_printable_ascii(char c) { return c >= 0x20 && c < 0x7f; }

}  // namespace

std::string base64(std::string_view bytes, std::size_t columns) {
  std::string whole(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(whole.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  whole.resize(static_cast<std::size_t>(size));
  if (columns == 0) {
    return whole;
  }
  std::string lines;
  for (std::size_t at = 0; at < whole.size(); at += columns) {
    lines += whole.substr(at, columns) + "\r\n";
  }
  return lines;
}

std::string encoded_words(std::string_view text, std::string_view between) {
  if (text.size() <= plain_limit && std::all_of(text.begin(), text.end(), is_printable_ascii) &&
      text.find("=?") == std::string_view::npos) {
    return std::string(text);
  }
  std::string out;
  while (!text.empty()) {
    auto size = std::min(word_bytes, text.size());
    while (size > 0 && size < text.size() && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) {
      --size;  // a word ends between characters
    }
    size = size == 0 ? std::min(word_bytes, text.size()) : size;
    if (!out.empty()) {
      out += between;
    }
    out += "=?UTF-8?B?" + base64(text.substr(0, size)) + "?=";
    text.remove_prefix(size);
  }
  return out;
}

}  // namespace atlas::notify
