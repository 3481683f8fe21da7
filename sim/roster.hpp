#pragma once

#include "core/error.hpp"
#include "core/host_id.hpp"
#include "core/org_id.hpp"
#include "sim/options.hpp"
#include "tenants/state_root.hpp"

#include <string>
#include <vector>

namespace atlas::sim {

// A host as it logs in at the broker.
struct login {
  host_id host;
  std::string password;
};

// The hosts of the options, in order, each registered. With `add`, those that are missing are registered as
// `atlas-fleet host add` does; else `where` of the error is "not registered".
result<std::vector<login>> make_roster(const tenants::state_root& root, const tenants::tenant& org,
                                       const options& chosen, unix_ms now);

}  // namespace atlas::sim
