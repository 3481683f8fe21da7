#include "agent/inventory.hpp"

#include <algorithm>
#include <array>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

namespace atlas::agent {

namespace {

std::string text_of(const sockaddr& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.sa_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  } else if (address.sa_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    if (!IN6_IS_ADDR_LINKLOCAL(&v6.sin6_addr)) {
      ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    }
  }
  return text.data();
}

}  // namespace

std::vector<std::string> ip_addresses() {
  constexpr std::size_t most = 32;
  std::vector<std::string> addresses;
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return addresses;
  for (const ifaddrs* one = first; one != nullptr && addresses.size() < most; one = one->ifa_next) {
    const bool up = (one->ifa_flags & static_cast<unsigned>(IFF_UP)) != 0;
    const bool loopback = (one->ifa_flags & static_cast<unsigned>(IFF_LOOPBACK)) != 0;
    if (one->ifa_addr == nullptr || !up || loopback) continue;
    auto text = text_of(*one->ifa_addr);
    const bool known = std::find(addresses.begin(), addresses.end(), text) != addresses.end();
    if (!text.empty() && !known) addresses.push_back(std::move(text));
  }
  ::freeifaddrs(first);
  return addresses;
}

}  // namespace atlas::agent
