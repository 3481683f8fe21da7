#pragma once

#include "tenants/state_root.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace atlas::tenants {

// Who of the root has an organisation's name already, as in "is taken by acme", or an empty text. `own_slug`
// is the organisation that asks, empty for a new one.
std::string name_conflict(const std::vector<tenant>& all, std::string_view own_slug, std::string_view name);

}  // namespace atlas::tenants
