#pragma once

#include "agent/broker_address.hpp"
#include "core/error.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace atlas::agent {

struct http_url {
  broker_address server;  // name and port
  bool tls = true;
};

// "https://host[:port]"; "http://" only for this machine itself, as it would show secrets to the network.
result<http_url> parse_http_url(std::string_view url);

inline constexpr std::size_t max_http_answer = 64 * 1024;

struct http_answer {
  unsigned status = 0;
  unsigned retry_after = 0;  // seconds, 0 when it does not say
  std::string body;
};

// One POST of a JSON text on a connection of its own; `ca_path` as in tls_stream. An error when there is no
// answer, or none of HTTP within max_http_answer bytes.
result<http_answer> post_json(const http_url& to, std::string_view path, std::string_view json,
                              const std::string& ca_path, std::chrono::milliseconds timeout);

}  // namespace atlas::agent
