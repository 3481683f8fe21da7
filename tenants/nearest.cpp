#include "tenants/nearest.hpp"

#include <algorithm>
#include <numeric>

namespace atlas::tenants {

namespace {

// Levenshtein's distance.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string_view nearest(std::string_view name, const std::vector<std::string_view>& known) {
  constexpr std::size_t longest = 64;
  if (name.empty() || name.size() > longest) return {};
  std::string_view best;
  std::size_t least = name.size() / 3 + 1;
  for (const auto candidate : known) {
    const auto away = distance(name, candidate);
    if (away <= least && (best.empty() || away < least)) {
      least = away;
      best = candidate;
    }
  }
  return best;
}

}  // namespace atlas::tenants
