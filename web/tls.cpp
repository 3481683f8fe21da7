#include "web/tls.hpp"

#include <array>
#include <ctime>
#include <fstream>

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace atlas::web {

namespace {

namespace ssl = boost::asio::ssl;

std::string day_of(const ASN1_TIME* time) {
  std::tm utc{};
  if (ASN1_TIME_to_tm(time, &utc) != 1) {
    return "an unreadable date";
  }
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02} UTC", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                     utc.tm_hour, utc.tm_min);
}

result<void> check_dates(const std::filesystem::path& file, SSL_CTX* context) {
  const auto* certificate = SSL_CTX_get0_certificate(context);
  const auto* until = X509_get0_notAfter(certificate);
  const auto* from = X509_get0_notBefore(certificate);
  if (X509_cmp_current_time(until) <= 0) {
    return failure(file.string(),
                   fmt::format("the certificate ran out on {}: put a renewed one there", day_of(until)));
  }
  if (X509_cmp_current_time(from) > 0) {
    return failure(file.string(),
                   fmt::format("the certificate is valid only from {}: check this machine's clock, or "
                               "the certificate",
                               day_of(from)));
  }
  return {};
}

result<void> check_readable(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in.is_open() || in.peek() == std::ifstream::traits_type::eof()) {
    return failure(file.string(), "cannot be read: check that it exists and that this user may read it");
  }
  return {};
}

}  // namespace

result<std::unique_ptr<ssl::context>> load_tls(const std::filesystem::path& certificate,
                                               const std::filesystem::path& private_key) {
  for (const auto& file : {certificate, private_key}) {
    if (auto readable = check_readable(file); !readable) {
      return tl::unexpected(readable.error());
    }
  }
  auto context = std::make_unique<ssl::context>(ssl::context::tls_server);
  auto* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native,
                      SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // An idle connection gives its buffers back: thousands of browsers may wait.
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  boost::system::error_code failed;
  if (context->use_certificate_chain_file(certificate.string(), failed)) {
    return failure(certificate.string(), "is not a certificate in PEM form");
  }
  if (auto valid = check_dates(certificate, native); !valid) {
    return tl::unexpected(valid.error());
  }
  // A key under a passphrase is refused instead of asking for it on the terminal.
  context->set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string{}; },
                                 failed);
  if (context->use_private_key_file(private_key.string(), ssl::context::pem, failed)) {
    return failure(private_key.string(),
                   fmt::format("is not the private key of {}, or not in PEM form without a passphrase",
                               certificate.string()));
  }
  if (SSL_CTX_check_private_key(native) != 1) {
    return failure(private_key.string(), fmt::format("is not the private key of {}", certificate.string()));
  }
  return context;
}

std::chrono::seconds time_left(ssl::context& context) {
  int days = 0;
  int seconds = 0;
  const auto* until = X509_get0_notAfter(SSL_CTX_get0_certificate(context.native_handle()));
  // From now (a null pointer) until then.
  if (ASN1_TIME_diff(&days, &seconds, nullptr, until) != 1) {
    return {};
  }
  return std::chrono::days(days) + std::chrono::seconds(seconds);
}

std::string last_day(ssl::context& context) {
  return day_of(X509_get0_notAfter(SSL_CTX_get0_certificate(context.native_handle())));
}

}  // namespace atlas::web
