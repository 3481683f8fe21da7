#pragma once

#include "core/error.hpp"
#include "core/unix_time.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/evp.h>
#include <openssl/x509.h>

namespace atlas::broker::x509 {

// OpenSSL's objects, owned. Functions that make something throw std::runtime_error when OpenSSL cannot (no
// memory, no random bytes); reading what came from a file is an expected failure.
struct free_certificate {
  void operator()(X509* value) const { X509_free(value); }
};
struct free_key {
  void operator()(EVP_PKEY* value) const { EVP_PKEY_free(value); }
};
using certificate = std::unique_ptr<X509, free_certificate>;
using private_key = std::unique_ptr<EVP_PKEY, free_key>;

private_key generate_key();  // EC P-256

struct validity {
  unix_ms from;
  unix_ms until;
};

// Self-signed, for signing servers' certificates only.
certificate make_ca(std::string_view common_name, EVP_PKEY* key, validity valid);
// For a TLS server with these DNS names and IP addresses.
certificate make_server(const std::vector<std::string>& names, EVP_PKEY* key, X509* ca, EVP_PKEY* ca_key,
                        validity valid);

std::string to_pem(X509* value);
std::string to_pem(EVP_PKEY* value);
// The first certificate of the text; null when there is none.
certificate certificate_from_pem(std::string_view text);
private_key key_from_pem(std::string_view text);

unix_ms not_before(const X509* value);
unix_ms not_after(const X509* value);
std::string subject(const X509* value);
// DNS names and addresses of the subject alternative names.
std::vector<std::string> names(const X509* value);
bool covers(X509* value, const std::string& name);
bool is_signed_by(X509* value, X509* ca);
bool belongs_to(const X509* value, const EVP_PKEY* key);

}  // namespace atlas::broker::x509
