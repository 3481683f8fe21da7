#pragma once

#include <string>
#include <string_view>

namespace atlas::agent {

// Where an agent keeps what must outlive it: in $STATE_DIRECTORY, which systemd makes, else in the folder of
// `beside`, a file that exists or may be made; empty when there is neither.
std::string state_folder(std::string_view state_directory, std::string_view beside);

}  // namespace atlas::agent
