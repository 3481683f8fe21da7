#pragma once

#include "core/error.hpp"

#include <string>
#include <string_view>

namespace atlas::agent {

// Written beside its place, synced and renamed, mode 0600: after a crash there is the old text or the new
// one. The folder is made when it is missing.
result<void> write_secret_file(const std::string& path, std::string_view text);

}  // namespace atlas::agent
