#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace atlas::agent {

// Where the broker is, from mqtts://host[:port].
struct broker_address {
  std::string host;
  std::uint16_t port = 8883;

  // host:port
  std::string text() const;
  friend bool operator==(const broker_address&, const broker_address&) = default;
};

result<broker_address> parse_server_url(std::string_view url);

}  // namespace atlas::agent
