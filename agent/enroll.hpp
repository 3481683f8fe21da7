#pragma once

#include "agent/config.hpp"
#include "agent/https_client.hpp"

#include <string>
#include <vector>

namespace atlas::agent {

struct enrollment_request {
  http_url service;
  std::string token;
  host_id host;
  std::string password;  // that the host has already; empty when it has none
  std::string ca_path;   // of the service's certificate; empty for the system's CAs
  std::vector<std::string> tags;
};

// Asks the organisation's service to take this machine in; waits and asks again while it is too busy.
// Returns the configuration file of the host's agent, JSON with the host's password.
result<std::string> enroll(const enrollment_request& asked);

}  // namespace atlas::agent
