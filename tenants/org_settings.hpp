#pragma once

#include "tenants/config.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace atlas::tenants {

// What administrators see and change of tenant.json while the service runs: nothing that is secret, and
// nothing that a service reads only at its start.

// Of the shape of tenant.json. `alerts.overrides` is there to be read; patch_settings() refuses it.
std::string format_settings(const tenant_config& config);

struct patched_settings {
  tenant_config config;
  std::vector<std::string_view> keys;  // whose values are others now
};

// The configuration with an RFC 7396 merge patch in it. Null makes a value none where it may be none, and
// else gives it its usual value. `where` of each mistake is a path as "alerts.cpu_threshold", empty for the
// whole.
tl::expected<patched_settings, config_errors> patch_settings(const tenant_config& present,
                                                             std::string_view patch);

}  // namespace atlas::tenants
