#pragma once

#include <span>
#include <string>

#include <sodium.h>

namespace atlas::tenants {

// SHA-256 of bytes that come piece by piece.
class sha256_stream {
 public:
  sha256_stream() { ::crypto_hash_sha256_init(&state_); }
  void add(std::span<const char> bytes) {
    ::crypto_hash_sha256_update(&state_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  }
  // Hexadecimal, lower case; ends the stream.
  std::string hex() {
    unsigned char sum[crypto_hash_sha256_BYTES];
    ::crypto_hash_sha256_final(&state_, sum);
    std::string text(2 * sizeof sum, '0');
    for (std::size_t i = 0; i < sizeof sum; ++i) {
      text[2 * i] = "0123456789abcdef"[sum[i] >> 4];
      text[2 * i + 1] = "0123456789abcdef"[sum[i] & 15];
    }
    return text;
  }

 private:
  crypto_hash_sha256_state state_{};
};

}  // namespace atlas::tenants
