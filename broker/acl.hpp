#pragma once

#include "core/error.hpp"

#include <string>
#include <string_view>

namespace atlas::broker {

// The access rules: the same text for every installation, whatever its number of organisations and hosts.
std::string render_acl();

// An error unless `text` is exactly render_acl(): nothing else may ever be given to a broker, which on a
// reload opens every topic to every user when it cannot read its rules.
result<void> check_acl(std::string_view text, std::string_view file_name);

}  // namespace atlas::broker
