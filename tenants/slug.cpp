#include "tenants/slug.hpp"

#include <algorithm>

namespace atlas::tenants {

namespace {

constexpr std::size_t max_size = 40;

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

bool is_slug(std::string_view text) {
  return !text.empty() && text.size() <= max_size && is_word(text.front()) && is_word(text.back()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_word(c) || c == '-'; });
}

std::string slug_of(std::string_view name) {
  std::string slug;
  for (const char c : name) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (is_word(lower)) {
      slug += lower;
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
    if (slug.size() == max_size) break;
  }
  while (slug.ends_with('-')) slug.pop_back();
  return slug;
}

}  // namespace atlas::tenants
