#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace atlas::cli {

struct http_place {
  std::string host;  // an address or a name
  std::uint16_t port = 0;
  bool tls = false;
  std::string ca_file;      // that vouches for the server; empty: whatever it shows is taken
  std::string server_name;  // that its certificate must bear
};

struct http_reply {
  int status = 0;
  std::string body;
};

// One GET on a connection of its own, within a few seconds and 256 KiB. Blocks. `what` of an error says what
// the place does instead of answering.
result<http_reply> http_get(const http_place& place, std::string_view path);

}  // namespace atlas::cli
