#pragma once

#include "tenants/cli/arguments.hpp"

#include <span>

namespace atlas::cli {

// `org export` and `org import`: an organisation goes to another server.
int run_org_export(context& ctx, const arguments& args);
int run_org_import(context& ctx, const arguments& args);
std::span<const flag> org_export_flags();
std::span<const flag> org_import_flags();

}  // namespace atlas::cli
