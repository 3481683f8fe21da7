#pragma once

#include "broker/account.hpp"
#include "broker/listener.hpp"
#include "core/error.hpp"

#include <filesystem>
#include <optional>

#include <sys/types.h>

namespace atlas::broker {

// The broker that was started with this folder's mosquitto.conf and lives. A pid file that was left behind,
// or whose number another process has by now, counts for nothing.
std::optional<pid_t> find_running(const std::filesystem::path& dir);

// Whether the running broker will be able to read files that belong to `owner`: one that cannot read its
// access rules on a reload opens every topic to every user.
result<void> check_can_reload(pid_t pid, const account& owner);

// SIGHUP: read the files again.
result<void> ask_to_reload(pid_t pid);

// Where mosquitto is; an error that says how to install it.
result<std::filesystem::path> find_mosquitto();

// Where the guard of this installation is: ../lib/atlas-fleet/atlas-guard.so from the folder of the running
// program. Nothing when there is none.
std::filesystem::path find_guard();

// An error when somebody else listens where this listener would.
result<void> check_port_is_free(const listener_address& listener);

}  // namespace atlas::broker
