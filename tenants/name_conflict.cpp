#include "tenants/name_conflict.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace atlas::tenants {

namespace {

bool same_letters(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace

std::string name_conflict(const std::vector<tenant>& all, std::string_view own_slug, std::string_view name) {
  for (const auto& other : all) {
    if (other.slug == own_slug) continue;
    // A name that is another's slug could not be used to name its organisation on the command line.
    if (same_letters(other.config.organization.name, name) || same_letters(other.slug, name)) {
      return fmt::format("is taken by {}", other.slug);
    }
  }
  return {};
}

}  // namespace atlas::tenants
