#pragma once

#include <filesystem>
#include <optional>

#include <sys/types.h>

namespace atlas::cli {

// A process that has had this SQLite database open for two seconds; those that only look into it, as the
// broker's follower does, do not count. Only for a database that this process has not open: to look drops
// this process's own locks.
std::optional<pid_t> find_lasting_holder(const std::filesystem::path& database);

}  // namespace atlas::cli
