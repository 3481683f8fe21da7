#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace atlas::ingest {

struct broker_address {
  std::string host;
  std::uint16_t port = 8883;
  std::string text() const;  // host:port
};

// mqtts://host[:port]; `where` of the error is "broker.url".
result<broker_address> parse_broker_address(std::string_view url);

}  // namespace atlas::ingest
