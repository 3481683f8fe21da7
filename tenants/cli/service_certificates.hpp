#pragma once

#include "tenants/state_root.hpp"

#include <vector>

namespace atlas::cli {

// Makes and renews the certificates of those dashboards that show one of the local CA:
// tenants/<slug>/server.pem, mode 0600. A service takes a new one while it runs. What could not be done is
// returned, one error for each organisation. The CA must be there: broker::render() makes it.
tenants::config_errors renew_service_certificates(const tenants::state_root& root,
                                                  const std::vector<tenants::tenant>& all);

}  // namespace atlas::cli
