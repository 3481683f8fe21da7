#include "tests/unit/agent/certificates.hpp"

#include <cstdio>
#include <memory>
#include <stdexcept>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace atlas::agent::test {

namespace {

template <auto Function>
struct deleter {
  template <class T>
  void operator()(T* object) const {
    Function(object);
  }
};
using key_pair = std::unique_ptr<EVP_PKEY, deleter<EVP_PKEY_free>>;
using certificate = std::unique_ptr<X509, deleter<X509_free>>;
using file = std::unique_ptr<std::FILE, deleter<std::fclose>>;

constexpr long day = 24 * 60 * 60;

void check(bool ok) {
  if (!ok) throw std::runtime_error("cannot make certificates");
}

certificate make(EVP_PKEY* key, const char* name, long serial, int days) {
  certificate made(X509_new());
  check(made != nullptr);
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -day);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), days * day - (days == 0 ? 60 : 0));
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  check(X509_set_pubkey(made.get(), key) == 1);
  return made;
}

void extend(X509* made, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, made, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  check(extension != nullptr && X509_add_ext(made, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

void write(const std::string& path, X509* made) {
  const file out(std::fopen(path.c_str(), "w"));
  check(out != nullptr && PEM_write_X509(out.get(), made) == 1);
}

}  // namespace

void make_certificates(const std::string& folder, const std::string& names, int days) {
  const key_pair ca_key(EVP_EC_gen("P-256"));
  const key_pair server_key(EVP_EC_gen("P-256"));
  check(ca_key && server_key);
  const auto ca = make(ca_key.get(), "test CA", 1, 10);
  X509_set_issuer_name(ca.get(), X509_get_subject_name(ca.get()));
  extend(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE");
  check(X509_sign(ca.get(), ca_key.get(), EVP_sha256()) > 0);
  const auto server = make(server_key.get(), "server", 2, days);
  X509_set_issuer_name(server.get(), X509_get_subject_name(ca.get()));
  extend(server.get(), ca.get(), NID_subject_alt_name, names);
  check(X509_sign(server.get(), ca_key.get(), EVP_sha256()) > 0);
  write(folder + "/ca.crt", ca.get());
  write(folder + "/server.crt", server.get());
  const file key(std::fopen((folder + "/server.key").c_str(), "w"));
  check(key && PEM_write_PrivateKey(key.get(), server_key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
}

}  // namespace atlas::agent::test
