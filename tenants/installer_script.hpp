#pragma once

#include "tenants/state_root.hpp"

#include <string>
#include <string_view>

namespace atlas::tenants {

// tenants/install_agent.sh, with @PLACEHOLDERS@.
extern const std::string_view install_agent_template;

// The script that makes any machine a host of the organisation: POSIX shell. It fetches the agent program
// from the organisation's service unless it is there, and enrols with a token. Without `token` it holds no
// secret and asks for one. `server_ca` is the PEM of the CA of the service's certificate; empty for the CAs
// that the machine trusts.
struct installer_values {
  org_id org;
  std::string org_name;
  std::string server_url;
  std::string server_ca;
  std::string token;
};
std::string render_installer(const installer_values& values);

// The same for a tenant of this root, with its certificate's CA when that is the root's own.
std::string render_installer(const state_root& root, const tenant_config& config, std::string_view token);

// "install-agent-<first 8 of the uuid>.sh"
std::string installer_name(const org_id& org);

}  // namespace atlas::tenants
