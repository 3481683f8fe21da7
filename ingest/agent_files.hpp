#pragma once

#include "tenants/state_root.hpp"
#include "web/downloads.hpp"

#include <filesystem>

namespace atlas::ingest {

// install.sh of the organisation.
web::download make_installer(const tenants::state_root& root, const tenants::tenant_config& config);

// What a new machine fetches from the service: the installer, and each agent program of the
// folder, "atlas-agent-<uname -s>-<uname -m>", as atlas-agent-Linux-x86_64. The atlas-agent beside the
// running program serves for this machine's own kind when the folder has none for it.
web::downloads load_agent_files(const tenants::state_root& root, const tenants::tenant_config& config,
                                const std::filesystem::path& folder);

}  // namespace atlas::ingest
