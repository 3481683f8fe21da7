#include "core/glob.hpp"

#include <algorithm>

namespace atlas {

bool matches_glob(std::string_view pattern, std::string_view text) {
  std::size_t at = 0;
  std::size_t star = std::string_view::npos;  // the newest one, and where the text that it stands for ends
  std::size_t end = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      end = i;
    } else if (at < pattern.size() && pattern[at] == text[i]) {
      ++at;
      ++i;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      i = ++end;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

bool fits_pattern(std::string_view pattern, std::string_view text) {
  return pattern.empty() || matches_glob(pattern, text);
}

bool fits_any(std::string_view pattern, const std::vector<std::string>& texts) {
  return pattern.empty() || std::any_of(texts.begin(), texts.end(),
                                        [&](const std::string& text) { return matches_glob(pattern, text); });
}

}  // namespace atlas
