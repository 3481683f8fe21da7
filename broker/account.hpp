#pragma once

#include "core/error.hpp"

#include <filesystem>
#include <optional>
#include <string>

#include <sys/types.h>

namespace atlas::broker {

// The system user that the broker runs as.
struct account {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
};

// Whoever calls, unless that is root: then the user mosquitto if there is one and it can reach the folder,
// else root.
account broker_account(const std::filesystem::path& dir);

// Whether the user may enter the folder; one that does not exist yet counts as its nearest parent does.
bool can_reach(const account& who, const std::filesystem::path& dir);

}  // namespace atlas::broker
