#include "tenants/cli/palette.hpp"

#include "tenants/cli/output.hpp"
#include "tenants/nearest.hpp"

#include <algorithm>
#include <cctype>

namespace atlas::cli {

std::string color_of(std::string_view name_or_color) {
  std::string name(name_or_color);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const auto& entry : palette) {
    if (entry.name == name) return std::string(entry.color);
  }
  return std::string(name_or_color);
}

std::string_view name_of(std::string_view color) {
  for (const auto& entry : palette) {
    if (entry.color == color) return entry.name;
  }
  return color;
}

std::string_view nearest_color(std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& entry : palette) names.push_back(entry.name);
  return tenants::nearest(name, names);
}

std::string_view unused_color(const std::vector<tenants::tenant>& all) {
  for (const auto& entry : palette) {
    if (std::none_of(all.begin(), all.end(), [&entry](const tenants::tenant& org) {
          return org.config.branding.primary_color == entry.color;
        })) {
      return entry.color;
    }
  }
  return palette.front().color;
}

std::string palette_line(const context& ctx) {
  std::string line;
  for (const auto& entry : palette) {
    line += (line.empty() ? "" : "  ") + swatch(ctx, entry.color) + std::string(entry.name);
  }
  return line;
}

}  // namespace atlas::cli
