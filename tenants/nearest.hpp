#pragma once

#include <string_view>
#include <vector>

namespace atlas::tenants {

// The known name that `name` was probably meant to be, or empty when none is near.
std::string_view nearest(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace atlas::tenants
