#pragma once

#include "tenants/cli/output.hpp"

#include <optional>
#include <string>

namespace atlas::cli {

// Everything that one host's agent needs.
struct agent_settings {
  tenants::tenant org;
  tenants::registered_host host;
  bool added = false;  // the host was registered just now
  std::string server_url;
  std::string config;  // the agent's configuration file: JSON with the host's password
};

// For `agent-config` and `installer`: finds the organisation, registers the host when it is new, and writes
// down what its agent needs. `host` is what --host said. Reports what is wrong; the error is the exit code.
tl::expected<agent_settings, int> make_agent_settings(context& ctx, std::string_view org,
                                                      const std::optional<std::string>& host,
                                                      const std::optional<std::string>& server_url);

// "'x y' is no host id: …", for every command that takes one.
tl::expected<host_id, int> parse_host(context& ctx, std::string_view text);

}  // namespace atlas::cli
