#pragma once

#include "tenants/cli/arguments.hpp"

namespace atlas::cli {

// `atlas-fleet org set`.
int run_org_set(context& ctx, const arguments& args);

}  // namespace atlas::cli
