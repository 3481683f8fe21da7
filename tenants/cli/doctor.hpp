#pragma once

#include "tenants/cli/broker_sync.hpp"
#include "tenants/state_root.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace atlas::cli {

// What `atlas-fleet doctor` looks at, and what it has found. Nothing here changes anything.

struct finding {
  std::string check;  // "permissions", "broker", …
  std::string where;  // a path, an address, an organisation
  std::string what;   // what is wrong; empty when all is well
  std::string mend;   // what to do
};
using findings = std::vector<finding>;

// Of the files and folders of one installation: who may read the secrets, whether times make sense, and room.
void examine_permissions(const tenants::state_root& root, const std::vector<tenants::tenant>& orgs,
                         findings& found);
void examine_clock(const tenants::state_root& root, const std::vector<tenants::tenant>& orgs,
                   findings& found);
void examine_space(const tenants::state_root& root, findings& found);
// Of `free` bytes of `total`: too little for the database and the broker's queues, or nothing.
std::string space_trouble(std::uint64_t free, std::uint64_t total);

// The programs that `up` starts and that machines are given.
void examine_programs(findings& found);

// The broker: its files, whether they are in step with the registries, its certificates, the process, the
// guard.
void examine_broker(const tenants::state_root& root, const tenants::scanned_tenants& scanned,
                    findings& found);

// One organisation's certificate, port and service.
void examine_service(const tenants::state_root& root, const tenants::tenant& org,
                     const std::vector<tenants::tenant>& all, findings& found);

}  // namespace atlas::cli
