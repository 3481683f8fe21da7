#include "notify/signature.hpp"

#include <array>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace atlas::notify {

std::string hmac_sha256_hex(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  std::string out;
  for (unsigned int i = 0; i < size; ++i) {
    out += fmt::format("{:02x}", digest[i]);
  }
  return out;
}

std::string make_signature(std::string_view secret, std::string_view body, unix_ms now) {
  const auto seconds = to_int(now) / 1000;
  return fmt::format("t={},v1={}", seconds, hmac_sha256_hex(secret, fmt::format("{}.{}", seconds, body)));
}

}  // namespace atlas::notify
