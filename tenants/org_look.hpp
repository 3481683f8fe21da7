#pragma once

#include "core/org_look.hpp"
#include "tenants/config.hpp"

namespace atlas::tenants {

// How the organisation shows itself in messages.
org_look make_org_look(const tenant_config& config);

}  // namespace atlas::tenants
