#include "tenants/cli/conflicts.hpp"

#include "broker/files.hpp"

#include <cerrno>
#include <memory>

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

namespace atlas::cli {

std::string port_conflict(const std::vector<tenants::tenant>& all, std::string_view own_slug,
                          std::uint16_t port) {
  for (const auto& other : all) {
    if (other.slug != own_slug && other.config.server.port == port)
      return fmt::format("is taken by {}", other.slug);
    const auto address = broker::parse_broker_url(other.config.broker.url);
    if (address && address->port == port) return "is taken by the broker";
  }
  return {};
}

std::string broker_conflict(const std::vector<tenants::tenant>& all, std::string_view own_slug,
                            std::string_view url) {
  const auto wanted = broker::parse_broker_url(url);
  for (const auto& other : all) {
    if (other.slug == own_slug) continue;
    const auto address = broker::parse_broker_url(other.config.broker.url);
    if (wanted && address && wanted->host == address->host && wanted->port == address->port) continue;
    return fmt::format("is another broker than {} of {}: all organisations of one installation share one",
                       other.config.broker.url, other.slug);
  }
  return {};
}

bool is_port_bound(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return false;
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> addresses(found, ::freeaddrinfo);
  for (const auto* address = addresses.get(); address != nullptr; address = address->ai_next) {
    const int probe = ::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (probe < 0) continue;
    // As the service does: connections that are just closing do not count.
    const int on = 1;
    ::setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const bool bound = ::bind(probe, address->ai_addr, address->ai_addrlen) != 0 && errno == EADDRINUSE;
    ::close(probe);
    if (bound) return true;
  }
  return false;
}

std::uint16_t free_port(const std::vector<tenants::tenant>& all, const std::string& host) {
  constexpr std::uint16_t first = 8768;
  for (unsigned candidate = first; candidate <= 65'535; ++candidate) {
    const auto port = static_cast<std::uint16_t>(candidate);
    if (port_conflict(all, {}, port).empty() && !is_port_bound(host, port)) return port;
  }
  return 0;
}

}  // namespace atlas::cli
