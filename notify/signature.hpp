#pragma once

#include "core/unix_time.hpp"

#include <string>
#include <string_view>

namespace atlas::notify {

// HMAC-SHA256 in hexadecimal, lower case.
std::string hmac_sha256_hex(std::string_view key, std::string_view text);

// The value of X-Atlas-Signature: "t=<unix seconds>,v1=<HMAC of "<t>.<body>">".
std::string make_signature(std::string_view secret, std::string_view body, unix_ms now);

}  // namespace atlas::notify
