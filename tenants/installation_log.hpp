#pragma once

#include "core/error.hpp"
#include "core/unix_time.hpp"
#include "tenants/audit.hpp"
#include "tenants/state_root.hpp"

#include <filesystem>
#include <string_view>
#include <vector>

namespace atlas::tenants {

// <root>/audit.jsonl (0600): what becomes of whole organisations, which their own audit logs, gone with them,
// cannot tell. One JSON object a line, only ever added to.
std::filesystem::path installation_log_file(const state_root& root);

// On the disk when it returns.
result<void> log_installation_change(const state_root& root, const author& by, std::string_view action,
                                     std::string_view object, unix_ms now);
// The newest first, as many as `limit`; lines that are none of ours are left out.
result<std::vector<audit_entry>> read_installation_log(const state_root& root, std::size_t limit);

}  // namespace atlas::tenants
