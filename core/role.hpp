#pragma once

#include "core/error.hpp"

#include <string_view>

namespace atlas {

// What a person or a token may do in one organisation; each role includes the ones before it.
enum class role { viewer, operator_, admin };

std::string_view to_string(role value);  // "viewer", "operator", "admin"
result<role> parse_role(std::string_view text);

}  // namespace atlas
