#include "web/brand_icon.hpp"

#include "core/json_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include <fmt/format.h>

namespace atlas::web {

namespace {

bool is_separator(char c) { return c == ' ' || c == '\t' || c == '_' || c == '-'; }

// The first character of valid UTF-8.
std::string_view first_character(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U) {
    ++size;
  }
  return text.substr(0, size);
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<' || c == '>' || c == '&' || c == '"' || c == '\'') {
      out += fmt::format("&#{};", static_cast<int>(c));
    } else {
      out += c;
    }
  }
  return out;
}

// Relative luminance as WCAG 2 has it, of "#rrggbb"; that of a middle grey for anything else.
double luminance(std::string_view color) {
  constexpr double middle = 0.18;
  if (color.size() != 7 || color.front() != '#') {
    return middle;
  }
  std::array<double, 3> linear{};
  for (std::size_t i = 0; i < linear.size(); ++i) {
    unsigned value = 0;
    const auto digits = color.substr(1 + 2 * i, 2);
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (failed != std::errc{} || end != digits.data() + digits.size()) {
      return middle;
    }
    const double part = value / 255.0;
    linear.at(i) = part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
  }
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}

// Black or white, whichever has the better contrast: they are equal where (l + 0.05)^2 = 0.05 * 1.05.
std::string_view ink_on(std::string_view color) {
  constexpr double equal = 0.1791;
  return luminance(color) > equal ? "#000000" : "#ffffff";
}

}  // namespace

std::string monogram(std::string_view title) {
  std::vector<std::string_view> words;
  while (!title.empty()) {
    if (is_separator(title.front())) {
      title.remove_prefix(1);
      continue;
    }
    const auto end = std::ranges::find_if(title, is_separator) - title.begin();
    words.push_back(title.substr(0, static_cast<std::size_t>(end)));
    title.remove_prefix(static_cast<std::size_t>(end));
  }
  std::string letters(words.empty() ? "F" : first_character(words.front()));
  if (words.size() > 1) {
    letters += first_character(words[1]);
  }
  std::ranges::transform(letters, letters.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return letters;
}

std::string brand_icon(const branding& brand) {
  const auto letters = monogram(brand.title);
  const auto is_continued = [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; };
  const auto characters =
      letters.size() - static_cast<std::size_t>(std::ranges::count_if(letters, is_continued));
  constexpr int for_one = 288;
  constexpr int for_two = 224;
  // The square fills the image: what masks an icon cuts into it, not around the letters.
  return fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512"><rect width="512" height="512" rx="112" fill="{}"/>)"
      R"(<text x="256" y="256" text-anchor="middle" dominant-baseline="central" font-family="system-ui,sans-serif" )"
      R"(font-weight="700" font-size="{}" fill="{}">{}</text></svg>)",
      escaped(brand.primary_color), characters > 1 ? for_two : for_one, ink_on(brand.primary_color),
      escaped(letters));
}

std::string web_manifest(const branding& brand) {
  std::string out = R"({"name":)";
  append_json_string(out, brand.title);
  out += R"(,"short_name":)";
  append_json_string(out, brand.title);
  out +=
      R"(,"id":"/dashboard","start_url":"/dashboard","scope":"/","display":"standalone","background_color":)";
  append_json_string(out, brand.primary_color);
  out += R"(,"theme_color":)";
  append_json_string(out, brand.primary_color);
  out += R"(,"icons":[{"src":"/icon.svg","type":"image/svg+xml","sizes":"any","purpose":"any"}]})";
  return out;
}

}  // namespace atlas::web
