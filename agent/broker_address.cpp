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

tl::unexpected<error> refuse(const char* what) { return failure("server_url", what); }

}  // namespace

std::string broker_address::text() const { return host + ":" + std::to_string(port); }

result<broker_address> parse_server_url(std::string_view url) {
  constexpr std::string_view scheme = "mqtts://";
  if (url.starts_with("mqtt://")) {
    return refuse("mqtt:// would send the password in the clear: use mqtts://host[:port]");
  }
  if (!url.starts_with(scheme)) return refuse(form);
  auto rest = url.substr(scheme.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  broker_address address;
  // Paho compares a certificate with the address as it stands in the URL, brackets and all: it never matches.
  if (rest.starts_with('['))
    return refuse("an IPv6 address cannot be checked against a certificate: use a name");
  const auto colon = rest.find(':');
  address.host = rest.substr(0, colon);
  if (!is_host_name(address.host)) return refuse(form);
  const auto port = colon == std::string_view::npos ? std::string_view() : rest.substr(colon);
  if (port.empty()) return address;
  const auto number = to_number<std::uint16_t>(port.substr(1));
  if (port.front() != ':' || !number || *number == 0)
    return refuse("the port must be a number from 1 to 65535");
  address.port = *number;
  return address;
}

}  // namespace atlas::agent
