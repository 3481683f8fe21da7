#pragma once

#include "core/host_id.hpp"
#include "core/org_id.hpp"

#include <string>
#include <string_view>

namespace atlas::cli {

// tenants/cli/install_agent.sh, with @PLACEHOLDERS@.
extern const std::string_view install_agent_template;

struct installer_values {
  org_id org;
  std::string org_name;
  host_id host;
  std::string server_url;
  std::string agent_config;  // JSON with the host's password
};

// The script for one host: POSIX shell, holds that host's secret.
std::string render_installer(const installer_values& values);
// "install-agent-<first 8 of the uuid>.sh"
std::string installer_name(const org_id& org);

}  // namespace atlas::cli
