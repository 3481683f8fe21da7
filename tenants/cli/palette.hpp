#pragma once

#include "tenants/cli/command.hpp"
#include "tenants/state_root.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace atlas::cli {

struct named_color {
  std::string_view name;
  std::string_view color;  // #rrggbb
};

// What setup offers, in this order.
inline constexpr std::array palette{
    named_color{"green", "#00ff00"},  named_color{"cyan", "#00ffff"}, named_color{"magenta", "#ff00ff"},
    named_color{"orange", "#ff8800"}, named_color{"blue", "#3388ff"}, named_color{"yellow", "#ffd000"},
    named_color{"red", "#ff4444"},    named_color{"teal", "#00b894"}, named_color{"violet", "#9966ff"},
};

// The colour of that name; anything else comes back as it is.
std::string color_of(std::string_view name_or_color);
// The name of that colour, or the colour itself.
std::string_view name_of(std::string_view color);
// The palette's name that was probably meant, or empty.
std::string_view nearest_color(std::string_view name);
// The first colour that no organisation has.
std::string_view unused_color(const std::vector<tenants::tenant>& all);
// One line with every name and its swatch.
std::string palette_line(const context& ctx);

}  // namespace atlas::cli
