#include "tenants/server_url.hpp"

#include <array>

#include <fmt/format.h>
#include <unistd.h>

namespace atlas::tenants {

namespace {

std::string machine_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 && name[0] != 0 ? name.data() : "localhost";
}

}  // namespace

std::string server_url(const tenant_config& config) {
  if (config.server.url) return *config.server.url;
  auto host = config.server.host;
  if (host == "0.0.0.0" || host == "::") host = machine_name();
  if (host.find(':') != std::string::npos) host = fmt::format("[{}]", host);
  return fmt::format("{}://{}:{}", config.server.tls.certificate ? "https" : "http", host,
                     config.server.port);
}

}  // namespace atlas::tenants
