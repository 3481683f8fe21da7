#pragma once

#include "core/error.hpp"
#include "core/host_id.hpp"
#include "core/org_id.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace atlas {

// An organisation's API key: 32 bytes or more, from which every other secret of the organisation follows.
class api_key {
 public:
  // "afk_<base64url>", 64 hexadecimal digits, or base64url of 32 bytes or more.
  static result<api_key> parse(std::string_view text);
  // 32 bytes from the system's random generator.
  static api_key generate();

  // "afk_" and base64url: a secret, never log it.
  std::string reveal() const;
  // "afk_ab…": safe to show.
  std::string masked() const;
  const std::vector<std::uint8_t>& bytes() const { return bytes_; }
  friend bool operator==(const api_key&, const api_key&) = default;

 private:
  std::vector<std::uint8_t> bytes_;
};

// HKDF-SHA256 (RFC 5869): ikm = the key's bytes, salt = the organisation's 16 bytes, 32 bytes out as
// base64url without padding; the labels are those of topics.md.
std::string derive_host_password(const api_key& key, const org_id& org, const host_id& host,
                                 std::uint32_t generation);
std::string derive_ingest_password(const api_key& key, const org_id& org);
std::string derive_canary_password(const api_key& key, const org_id& org);
// "aft_" and the secret of the organisation's token of that number.
std::string derive_enrollment_token(const api_key& key, const org_id& org, std::uint32_t number);
// 12 characters that name the key and tell nothing about it: safe to store and to show.
std::string derive_key_id(const api_key& key, const org_id& org);

}  // namespace atlas
