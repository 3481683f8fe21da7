#include "tenants/server_url.hpp"

#include "tenants/server_tls.hpp"

#include <fmt/format.h>

namespace atlas::tenants {

std::string server_url(const tenant_config& config) {
  if (config.server.url) return *config.server.url;
  auto host = config.server.host;
  if (host == "0.0.0.0" || host == "::") host = machine_name();
  if (host.find(':') != std::string::npos) host = fmt::format("[{}]", host);
  return fmt::format("{}://{}:{}",
                     certificate_source_of(config) == certificate_source::none ? "http" : "https", host,
                     config.server.port);
}

}  // namespace atlas::tenants
