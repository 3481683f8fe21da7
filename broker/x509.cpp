#include "broker/x509.hpp"

#include "broker/listener.hpp"

#include <ctime>
#include <stdexcept>

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace atlas::broker::x509 {

namespace {

void require(bool condition, const char* what) {
  if (!condition) throw std::runtime_error(std::string("OpenSSL cannot ") + what);
}

struct free_bio {
  void operator()(BIO* value) const { BIO_free(value); }
};
using memory = std::unique_ptr<BIO, free_bio>;

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

memory reader(std::string_view text) {
  memory bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  require(bio != nullptr, "read");
  return bio;
}

std::time_t seconds(unix_ms value) { return static_cast<std::time_t>(to_int(value) / 1000); }

unix_ms from_asn1(const ASN1_TIME* value) {
  std::tm parts{};
  if (value == nullptr || ASN1_TIME_to_tm(value, &parts) != 1) return {};
  return from_unix_ms(static_cast<std::int64_t>(timegm(&parts)) * 1000);
}

// 127 random bits: a renewed certificate never has the number of an earlier one.
void set_serial(X509* value) {
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> number(BN_new(), &BN_free);
  require(number != nullptr && BN_rand(number.get(), 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
              BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(value)) != nullptr,
          "make a serial number");
}

void set_common_name(X509_NAME* name, std::string_view text) {
  const auto add = [&](const char* field, std::string_view value) {
    require(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(value.data()),
                                       static_cast<int>(value.size()), -1, 0) == 1,
            "name a certificate");
  };
  add("O", "Atlas Fleet");
  add("CN", text);
}

void add_extension(X509* value, X509* issuer, int nid, const std::string& text) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, value, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, text.c_str()), &X509_EXTENSION_free);
  require(extension != nullptr && X509_add_ext(value, extension.get(), -1) == 1, "extend a certificate");
}

certificate make_common(EVP_PKEY* key, validity valid) {
  certificate value(X509_new());
  require(value != nullptr && X509_set_version(value.get(), X509_VERSION_3) == 1 &&
              X509_set_pubkey(value.get(), key) == 1 &&
              ASN1_TIME_set(X509_getm_notBefore(value.get()), seconds(valid.from)) != nullptr &&
              ASN1_TIME_set(X509_getm_notAfter(value.get()), seconds(valid.until)) != nullptr,
          "make a certificate");
  set_serial(value.get());
  return value;
}

void sign(X509* value, EVP_PKEY* key) { require(X509_sign(value, key, EVP_sha256()) > 0, "sign"); }

std::string address_text(const ASN1_OCTET_STRING* value) {
  char text[INET6_ADDRSTRLEN] = "";
  const int size = ASN1_STRING_length(value);
  if (size != 4 && size != 16) return {};
  inet_ntop(size == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(value), text, sizeof text);
  return text;
}

}  // namespace

private_key generate_key() {
  private_key key(EVP_EC_gen("P-256"));
  require(key != nullptr, "make a key");
  return key;
}

certificate make_ca(std::string_view common_name, EVP_PKEY* key, validity valid) {
  auto value = make_common(key, valid);
  set_common_name(X509_get_subject_name(value.get()), common_name);
  require(X509_set_issuer_name(value.get(), X509_get_subject_name(value.get())) == 1, "name an issuer");
  add_extension(value.get(), value.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(value.get(), value.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(value.get(), value.get(), NID_subject_key_identifier, "hash");
  sign(value.get(), key);
  return value;
}

certificate make_server(const std::vector<std::string>& names, EVP_PKEY* key, X509* ca, EVP_PKEY* ca_key,
                        validity valid) {
  auto value = make_common(key, valid);
  // A common name holds 64 characters; clients look at the alternative names only.
  set_common_name(X509_get_subject_name(value.get()), std::string_view(names.front()).substr(0, 64));
  require(X509_set_issuer_name(value.get(), X509_get_subject_name(ca)) == 1, "name an issuer");
  add_extension(value.get(), ca, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(value.get(), ca, NID_key_usage, "critical,digitalSignature");
  add_extension(value.get(), ca, NID_ext_key_usage, "serverAuth");
  add_extension(value.get(), ca, NID_subject_key_identifier, "hash");
  add_extension(value.get(), ca, NID_authority_key_identifier, "keyid:always");
  std::string alternatives;
  for (const auto& name : names) {
    alternatives +=
        (alternatives.empty() ? "" : ",") + std::string(is_ip_address(name) ? "IP:" : "DNS:") + name;
  }
  add_extension(value.get(), ca, NID_subject_alt_name, alternatives);
  sign(value.get(), ca_key);
  return value;
}

std::string to_pem(X509* value) {
  const memory bio(BIO_new(BIO_s_mem()));
  require(bio != nullptr && PEM_write_bio_X509(bio.get(), value) == 1, "write a certificate");
  return text_of(bio.get());
}

std::string to_pem(EVP_PKEY* value) {
  // OpenSSL's secure BIO clears its memory when it is freed.
  const memory bio(BIO_new(BIO_s_secmem()));
  require(bio != nullptr &&
              PEM_write_bio_PrivateKey(bio.get(), value, nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "write a key");
  return text_of(bio.get());
}

certificate certificate_from_pem(std::string_view text) {
  const auto bio = reader(text);
  return certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

private_key key_from_pem(std::string_view text) {
  const auto bio = reader(text);
  // An encrypted key is no key here: without this, OpenSSL would ask at the terminal.
  const auto no_password = [](char*, int, int, void*) { return -1; };
  return private_key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
}

unix_ms not_before(const X509* value) { return from_asn1(X509_get0_notBefore(value)); }
unix_ms not_after(const X509* value) { return from_asn1(X509_get0_notAfter(value)); }

std::string subject(const X509* value) {
  char text[256] = "";
  X509_NAME_get_text_by_NID(X509_get_subject_name(value), NID_commonName, text, sizeof text);
  return text;
}

std::vector<std::string> names(const X509* value) {
  std::vector<std::string> found;
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> list(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(value, NID_subject_alt_name, nullptr, nullptr)),
      &GENERAL_NAMES_free);
  for (int i = 0; list != nullptr && i < sk_GENERAL_NAME_num(list.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(list.get(), i);
    if (name->type == GEN_DNS) {
      const auto* data = reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName));
      found.emplace_back(data, static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
    } else if (name->type == GEN_IPADD) {
      found.push_back(address_text(name->d.iPAddress));
    }
  }
  return found;
}

bool covers(X509* value, const std::string& name) {
  return is_ip_address(name) ? X509_check_ip_asc(value, name.c_str(), 0) == 1
                             : X509_check_host(value, name.data(), name.size(), 0, nullptr) == 1;
}

bool is_signed_by(X509* value, X509* ca) {
  return X509_check_issued(ca, value) == X509_V_OK && X509_verify(value, X509_get0_pubkey(ca)) == 1;
}

bool belongs_to(const X509* value, const EVP_PKEY* key) { return X509_check_private_key(value, key) == 1; }

}  // namespace atlas::broker::x509
