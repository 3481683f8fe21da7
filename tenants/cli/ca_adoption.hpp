#pragma once

#include "tenants/archive/unpack.hpp"
#include "tenants/state_root.hpp"

#include <string>

namespace atlas::cli {

// An archive names the CA that its agents trust, and may hold its key. What that CA is to this root.
enum class ca_fit {
  unknown,    // the archive names none: its agents trust a CA from elsewhere
  same,       // as this root's own
  take_over,  // this root has none yet, and the key is in the archive
  missing,    // this root has none yet, and the key is not in the archive
  other       // this root has another one
};

// An error when the archive's CA is of no use: damaged, run out, or not that of its key.
result<ca_fit> compare_ca(const tenants::state_root& root, const tenants::unpacked_organization& org,
                          unix_ms now);
// Makes the archive's CA that of this root.
result<void> take_over_ca(const tenants::state_root& root, const tenants::unpacked_organization& org);
// Makes the root's CA sign a certificate that bears this name of the broker too: agents check the name that
// they know. The name stays in all later certificates. Nothing where the CA's key is elsewhere.
result<void> add_broker_name(const tenants::state_root& root, const std::string& name, unix_ms now);

}  // namespace atlas::cli
