#pragma once

#include "tenants/config.hpp"

#include <string>

namespace atlas::tenants {

// Where browsers and new machines reach the organisation's service: server.url, else what host and port say,
// as "https://fleet.example.com:8768".
std::string server_url(const tenant_config& config);

}  // namespace atlas::tenants
