#include "core/credentials.hpp"

#include "core/base64url.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <stdexcept>

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <sodium.h>

namespace atlas {

namespace {

constexpr std::string_view prefix = "afk_";
constexpr std::size_t least_bytes = 32;
constexpr std::size_t most_characters = 1024;

bool is_hex(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }

std::optional<std::vector<std::uint8_t>> decode_hex(std::string_view text) {
  std::vector<std::uint8_t> bytes(text.size() / 2);
  std::size_t size = 0;
  if (sodium_hex2bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size, nullptr) != 0 ||
      size != bytes.size()) {
    return std::nullopt;
  }
  return bytes;
}

std::optional<std::vector<std::uint8_t>> decode_key(std::string_view text) {
  if (text.size() > most_characters) {
    return std::nullopt;
  }
  if (text.starts_with(prefix)) {
    return base64url_decode(text.substr(prefix.size()));
  }
  if (text.size() == 64 && std::all_of(text.begin(), text.end(), is_hex)) {
    return decode_hex(text);
  }
  return base64url_decode(text);
}

struct kdf_deleter {
  void operator()(EVP_KDF* kdf) const { EVP_KDF_free(kdf); }
  void operator()(EVP_KDF_CTX* context) const { EVP_KDF_CTX_free(context); }
};

// RFC 5869, extract and expand.
std::string hkdf_sha256(const api_key& key, const org_id& org, const std::string& info) {
  const std::unique_ptr<EVP_KDF, kdf_deleter> kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
  const std::unique_ptr<EVP_KDF_CTX, kdf_deleter> context(kdf ? EVP_KDF_CTX_new(kdf.get()) : nullptr);
  if (!context) {
    throw std::runtime_error("OpenSSL offers no HKDF");
  }
  // OpenSSL only reads through these pointers, but its parameter type is not const.
  char digest[] = "SHA256";
  auto ikm = key.bytes();
  auto salt = org.bytes();
  auto label = info;
  const std::array parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, ikm.data(), ikm.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt.data(), salt.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, label.data(), label.size()),
      OSSL_PARAM_construct_end()};
  std::array<std::uint8_t, 32> secret{};
  const int derived = EVP_KDF_derive(context.get(), secret.data(), secret.size(), parameters.data());
  sodium_memzero(ikm.data(), ikm.size());
  if (derived != 1) {
    throw std::runtime_error("OpenSSL refused to derive a key");
  }
  return base64url_encode(secret);
}

}  // namespace

result<api_key> api_key::parse(std::string_view text) {
  auto bytes = decode_key(text);
  if (!bytes || bytes->size() < least_bytes) {
    return failure("api key",
                   "must be afk_ and base64url, 64 hexadecimal digits, or base64url, of 32 bytes or more");
  }
  api_key key;
  key.bytes_ = std::move(*bytes);
  return key;
}

api_key api_key::generate() {
  if (sodium_init() < 0) {
    throw std::runtime_error("libsodium did not start");
  }
  api_key key;
  key.bytes_.resize(least_bytes);
  randombytes_buf(key.bytes_.data(), key.bytes_.size());
  return key;
}

std::string api_key::reveal() const { return std::string(prefix) + base64url_encode(bytes_); }

std::string api_key::masked() const { return reveal().substr(0, prefix.size() + 2) + "…"; }

std::string derive_host_password(const api_key& key, const org_id& org, const host_id& host,
                                 std::uint32_t generation) {
  return hkdf_sha256(key, org, fmt::format("atlas-fleet/v1/host/{}/{}", host.text(), generation));
}

std::string derive_ingest_password(const api_key& key, const org_id& org) {
  return hkdf_sha256(key, org, "atlas-fleet/v1/ingest");
}

std::string derive_canary_password(const api_key& key, const org_id& org) {
  return hkdf_sha256(key, org, "atlas-fleet/v1/canary");
}

std::string derive_enrollment_token(const api_key& key, const org_id& org, std::uint32_t number) {
  return "aft_" + hkdf_sha256(key, org, fmt::format("atlas-fleet/v1/enroll/{}", number));
}

std::string derive_key_id(const api_key& key, const org_id& org) {
  constexpr std::size_t characters = 12;
  return hkdf_sha256(key, org, "atlas-fleet/v1/key-id").substr(0, characters);
}

}  // namespace atlas
