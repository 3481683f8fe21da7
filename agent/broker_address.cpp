#include "agent/broker_address.hpp"

#include "agent/text.hpp"

#include <array>

#include <arpa/inet.h>

namespace atlas::agent {

namespace {

constexpr const char* form = "must be mqtts://host[:port], as in mqtts://localhost:8883";

bool is_host_name(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && c != '-' && c != '.' && c != '_') return false;
  }
  return true;
}

bool is_ipv6(const std::string& text) {
  std::array<unsigned char, 16> address{};
  return ::inet_pton(AF_INET6, text.c_str(), address.data()) == 1;
}

tl::unexpected<error> refuse(const char* what) { return failure("server_url", what); }

}  // namespace

std::string broker_address::text() const {
  const bool ipv6 = host.find(':') != std::string::npos;
  return (ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

result<broker_address> parse_server_url(std::string_view url) {
  constexpr std::string_view scheme = "mqtts://";
  if (url.starts_with("mqtt://")) {
    return refuse("mqtt:// would send the password in the clear: use mqtts://host[:port]");
  }
  if (!url.starts_with(scheme)) return refuse(form);
  auto rest = url.substr(scheme.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  broker_address address;
  std::string_view port;
  if (rest.starts_with('[')) {
    const auto end = rest.find(']');
    if (end == std::string_view::npos) return refuse("the IPv6 address lacks its closing bracket");
    address.host = rest.substr(1, end - 1);
    port = rest.substr(end + 1);
    if (!is_ipv6(address.host)) return refuse("what stands in brackets is not an IPv6 address");
  } else {
    const auto colon = rest.find(':');
    address.host = rest.substr(0, colon);
    if (colon != std::string_view::npos) port = rest.substr(colon);
    if (!is_host_name(address.host)) return refuse(form);
  }
  if (port.empty()) return address;
  const auto number = to_number<std::uint16_t>(port.substr(1));
  if (port.front() != ':' || !number || *number == 0)
    return refuse("the port must be a number from 1 to 65535");
  address.port = *number;
  return address;
}

}  // namespace atlas::agent
