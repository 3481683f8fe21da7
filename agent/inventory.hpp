#pragma once

#include "core/host_info.hpp"

#include <string>
#include <vector>

namespace atlas::agent {

// What this machine is. `root` is put before every absolute path: "" on the real machine.
host_info read_inventory(const std::string& root);

// IP addresses of the interfaces that are up, without loopback and link-local ones.
std::vector<std::string> ip_addresses();

}  // namespace atlas::agent
