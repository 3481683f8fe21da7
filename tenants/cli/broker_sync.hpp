#pragma once

#include "broker/files.hpp"
#include "core/error.hpp"
#include "tenants/state_root.hpp"

#include <optional>
#include <vector>

namespace atlas::cli {

// The broker's options and password file entries, gathered from every tenant's configuration and registry. A
// tenant whose files cannot be read costs the others nothing: what the broker knows of it stays as it is.
// An error when there is no good tenant or when tenants name different brokers.
struct broker_input {
  broker::broker_options options;
  std::vector<broker::credential> credentials;
  tenants::config_errors mistakes;  // in the registries, beside those of `scanned`
};
result<broker_input> gather_broker_input(const tenants::state_root& root,
                                         const tenants::scanned_tenants& scanned);
// Its options alone: needs no registry.
result<broker::broker_options> gather_broker_options(const tenants::state_root& root,
                                                     const std::vector<tenants::tenant>& all);

// Renders and, when the broker runs, reloads and checks it: what setup, host add and host revoke call at
// their end. Waits while another command does the same.
struct broker_synced {
  broker::applied applied;
  tenants::config_errors mistakes;
};
result<broker_synced> sync_broker(const tenants::state_root& root);
// The same when something has changed since the files were written; nothing else. `memo` as in passwd.hpp.
result<std::optional<broker_synced>> sync_broker_if_changed(const tenants::state_root& root,
                                                            broker::password_memo* memo);

}  // namespace atlas::cli
