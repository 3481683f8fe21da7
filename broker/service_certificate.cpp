#include "broker/service_certificate.hpp"

#include "broker/listener.hpp"
#include "broker/x509.hpp"

#include <algorithm>
#include <chrono>

namespace atlas::broker {

namespace {

constexpr auto life =
    std::chrono::days{397};  // browsers refuse more of a public CA, and this one is renewed by itself
constexpr auto renew_before = std::chrono::days{30};
constexpr auto clock_tolerance = std::chrono::hours{1};

bool is_good(const std::string& present, X509* ca, const std::vector<std::string>& names, unix_ms now) {
  const auto certificate = x509::certificate_from_pem(present);
  const auto key = x509::key_from_pem(present);
  return certificate && key && x509::belongs_to(certificate.get(), key.get()) &&
         x509::is_signed_by(certificate.get(), ca) && x509::not_before(certificate.get()) <= now &&
         x509::not_after(certificate.get()) - now >= renew_before &&
         std::all_of(names.begin(), names.end(),
                     [&](const std::string& name) { return x509::covers(certificate.get(), name); });
}

}  // namespace

result<std::string> prepare_service_certificate(const std::string& present, const signing_ca& ca,
                                                const std::vector<std::string>& names, unix_ms now) {
  if (ca.key.empty()) {
    return failure(
        "certs/ca.key",
        "is not here, so that no certificate for a dashboard can be signed: give the organisation one "
        "with server.tls.certificate and server.tls.private_key");
  }
  const auto certificate = x509::certificate_from_pem(ca.certificate);
  const auto key = x509::key_from_pem(ca.key);
  if (!certificate || !key || !x509::belongs_to(certificate.get(), key.get())) {
    return failure("certs/ca.crt", "and ca.key are no pair: restore both from one backup");
  }
  for (const auto& name : names) {
    if (!is_ip_address(name) && !is_dns_name(name)) {
      return failure("server.host", "a certificate cannot bear the name \"" + name + "\"");
    }
  }
  if (is_good(present, certificate.get(), names, now)) return present;
  const auto ca_until = x509::not_after(certificate.get());
  if (ca_until <= now)
    return failure("certs/ca.crt", "has run out: `atlas-fleet broker check` tells what to do");
  const auto own_key = x509::generate_key();
  const auto made = x509::make_server(names, own_key.get(), certificate.get(), key.get(),
                                      {now - clock_tolerance, std::min<unix_ms>(now + life, ca_until)});
  return x509::to_pem(made.get()) + x509::to_pem(own_key.get());
}

}  // namespace atlas::broker
