#pragma once

#include "tenants/cli/command.hpp"

namespace atlas::cli {

// Keeps the broker's files in step with the organisations: what a service or a command writes into a registry
// or a configuration reaches the broker well within two seconds, many changes at once together. Until SIGTERM
// or SIGINT; one line a change on `err`. For one thread, in a process of its own.
int watch_broker(context& ctx);

}  // namespace atlas::cli
