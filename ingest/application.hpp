#pragma once

#include "ingest/options.hpp"
#include "tenants/state_root.hpp"

namespace atlas::ingest {

// Serves the organisation until SIGTERM or SIGINT; `where` and `what` of an error say why it cannot.
result<void> serve(const tenants::state_root& root, const tenants::tenant& tenant, const options& chosen);

}  // namespace atlas::ingest
