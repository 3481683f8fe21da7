#pragma once

#include "tenants/name_conflict.hpp"
#include "tenants/state_root.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace atlas::cli {

// What one organisation may not share with the others of its root. Each tells who has it, as in "is taken by
// acme", or gives an empty text. `own_slug` is the organisation that asks, empty for a new one.

using tenants::name_conflict;
std::string port_conflict(const std::vector<tenants::tenant>& all, std::string_view own_slug,
                          std::uint16_t port);
// All organisations of one root name the same broker.
std::string broker_conflict(const std::vector<tenants::tenant>& all, std::string_view own_slug,
                            std::string_view url);

// Whether another program listens at that address now. A host that is none of this machine's gives false.
bool is_port_bound(const std::string& host, std::uint16_t port);
// The first port from 8768 upward that nobody has, or 0.
std::uint16_t free_port(const std::vector<tenants::tenant>& all, const std::string& host);

}  // namespace atlas::cli
