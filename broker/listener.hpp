#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace atlas::broker {

struct listener_address {
  std::string host = "localhost";  // the name that agents connect to
  std::uint16_t port = 8883;

  std::string text() const;  // host:port, an IPv6 address in brackets
  // Whether the name means this machine only: localhost or a loopback address.
  bool is_local() const;
  friend bool operator==(const listener_address&, const listener_address&) = default;
};

// mqtts://host[:port], port 8883 by default; the host comes out in lower case. mqtt:// is refused. `where` of
// the error is "broker.url".
result<listener_address> parse_broker_url(std::string_view url);

// "10.0.0.1", "::1": an address rather than a name.
bool is_ip_address(std::string_view text);
// Letters, digits, hyphens and dots, as a certificate can name it.
bool is_dns_name(std::string_view text);

}  // namespace atlas::broker
