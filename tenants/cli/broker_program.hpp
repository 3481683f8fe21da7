#pragma once

#include "broker/conf.hpp"
#include "tenants/cli/command.hpp"
#include "tenants/cli/supervisor.hpp"

namespace atlas::cli {

// What `up` and `broker run` have in common.

// Mosquitto, as the user whom its files belong to.
supervised_program broker_program(const broker::broker_options& options,
                                  const std::filesystem::path& mosquitto);
// `atlas-fleet broker sync --watch`.
result<supervised_program> sync_program(const context& ctx);

}  // namespace atlas::cli
