#pragma once

#include "tenants/cli/arguments.hpp"

namespace atlas::cli {

// `atlas-fleet user sessions`.
int run_user_sessions(context& ctx, const arguments& args);
// `atlas-fleet user logout`.
int run_user_logout(context& ctx, const arguments& args);

}  // namespace atlas::cli
