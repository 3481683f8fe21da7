#include "tenants/org_look.hpp"

#include "tenants/server_url.hpp"

namespace atlas::tenants {

org_look make_org_look(const tenant_config& config) {
  return {std::string(config.organization.id.text()),
          config.organization.name,
          config.branding.dashboard_title,
          config.branding.primary_color,
          server_url(config) + "/dashboard",
          config.alerts.templates};
}

}  // namespace atlas::tenants
