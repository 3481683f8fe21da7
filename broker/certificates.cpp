#include "broker/certificates.hpp"

#include "broker/listener.hpp"
#include "broker/x509.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>

#include <openssl/rand.h>

namespace atlas::broker {

namespace {

using std::chrono::days;
using std::chrono::hours;

constexpr auto ca_life = days{3652};     // 10 years
constexpr auto server_life = days{820};  // Apple's systems refuse more than 825
constexpr auto renew_before = days{30};
// Begins in the past, so that a host whose clock is late trusts it too.
constexpr auto clock_tolerance = hours{1};

constexpr std::string_view ca_file = "certs/ca.crt";
constexpr std::string_view ca_key_file = "certs/ca.key";
constexpr std::string_view server_file = "certs/server.crt";
constexpr std::string_view server_key_file = "certs/server.key";

tl::unexpected<error> fault(std::string_view file, std::string what) {
  return failure(std::string(file), std::move(what));
}

// To tell the CAs of two installations apart in an error message.
std::string ca_name() {
  std::array<std::uint8_t, 4> bytes{};
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  std::string name = "Atlas Fleet CA ";
  for (const auto byte : bytes) {
    name += "0123456789abcdef"[byte >> 4];
    name += "0123456789abcdef"[byte & 15];
  }
  return name;
}

struct authority {
  x509::certificate certificate;
  x509::private_key key;
};

result<authority> load_authority(const certificate_texts& texts, unix_ms now) {
  authority ca{x509::certificate_from_pem(texts.ca_certificate), x509::key_from_pem(texts.ca_key)};
  if (!ca.certificate) return fault(ca_file, "is no certificate; restore it from a backup");
  if (!ca.key) return fault(ca_key_file, "is no private key; restore it from a backup");
  if (!x509::belongs_to(ca.certificate.get(), ca.key.get())) {
    return fault(ca_key_file, "is not the key of ca.crt; restore both from one backup");
  }
  if (x509::not_after(ca.certificate.get()) <= now) {
    return fault(ca_file, "the CA's certificate expired on " +
                              format_date(x509::not_after(ca.certificate.get())) +
                              "; remove certs/, render again, and give every agent its configuration anew");
  }
  return ca;
}

bool covers_all(X509* value, const std::vector<std::string>& names) {
  return std::all_of(names.begin(), names.end(),
                     [&](const std::string& name) { return x509::covers(value, name); });
}

bool is_good(X509* server, EVP_PKEY* key, const authority& ca, const std::vector<std::string>& names,
             unix_ms now) {
  return server != nullptr && key != nullptr && x509::belongs_to(server, key) &&
         x509::is_signed_by(server, ca.certificate.get()) && x509::not_before(server) <= now &&
         x509::not_after(server) - now >= renew_before && covers_all(server, names);
}

}  // namespace

std::string format_date(unix_ms value) {
  const auto time = static_cast<std::time_t>(to_int(value) / 1000);
  std::tm parts{};
  gmtime_r(&time, &parts);
  std::array<char, 32> text{};
  const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts);
  return {text.data(), size};
}

result<certificate_texts> prepare_certificates(certificate_texts present,
                                               const std::vector<std::string>& names, unix_ms now) {
  for (const auto& name : names) {
    if (!is_ip_address(name) && !is_dns_name(name)) {
      return fault(server_file, "cannot bear the name \"" + name + "\"; give DNS names and IP addresses");
    }
  }
  if (present.ca_key.empty()) {
    if (!present.server_certificate.empty()) {
      if (auto state = check_certificates(present, names, now); !state) {
        return tl::unexpected<error>(state.error());
      }
      return present;
    }
    if (!present.ca_certificate.empty()) {
      return fault(ca_key_file,
                   "is missing, so that no server certificate can be signed; restore it, or put "
                   "your own server.crt and server.key beside ca.crt");
    }
    const auto key = x509::generate_key();
    const auto ca = x509::make_ca(ca_name(), key.get(), {now - clock_tolerance, now + ca_life});
    present.ca_certificate = x509::to_pem(ca.get());
    present.ca_key = x509::to_pem(key.get());
  }
  const auto ca = load_authority(present, now);
  if (!ca) return tl::unexpected<error>(ca.error());

  const auto old_server = x509::certificate_from_pem(present.server_certificate);
  const auto old_key = x509::key_from_pem(present.server_key);
  if (is_good(old_server.get(), old_key.get(), *ca, names, now)) return present;

  auto wanted = names;
  if (old_server) {
    for (auto& name : x509::names(old_server.get())) {
      const bool is_new = std::find(wanted.begin(), wanted.end(), name) == wanted.end();
      if (is_new && (is_ip_address(name) || is_dns_name(name))) wanted.push_back(std::move(name));
    }
  }
  const auto until = std::min<unix_ms>(now + server_life, x509::not_after(ca->certificate.get()));
  const auto key = x509::generate_key();
  const auto server = x509::make_server(wanted, key.get(), ca->certificate.get(), ca->key.get(),
                                        {now - clock_tolerance, until});
  present.server_certificate = x509::to_pem(server.get());
  present.server_key = x509::to_pem(key.get());
  return present;
}

result<certificate_state> check_certificates(const certificate_texts& texts,
                                             const std::vector<std::string>& names, unix_ms now) {
  certificate_state state;
  state.own_ca = !texts.ca_key.empty();
  const auto server = x509::certificate_from_pem(texts.server_certificate);
  const auto key = x509::key_from_pem(texts.server_key);
  if (!server) return fault(server_file, "is missing or no certificate; run `atlas-fleet broker render`");
  if (!key) return fault(server_key_file, "is missing or no private key; run `atlas-fleet broker render`");
  if (!x509::belongs_to(server.get(), key.get())) {
    return fault(server_key_file, "is not the key of server.crt; put the key that belongs to it beside it");
  }
  state.server_until = x509::not_after(server.get());
  state.server_names = x509::names(server.get());
  const std::string mend = state.own_ca
                               ? "; run `atlas-fleet broker apply`"
                               : "; put a new server.crt and server.key there, then run `atlas-fleet "
                                 "broker apply`";
  if (state.server_until <= now) {
    return fault(server_file, "the certificate expired on " + format_date(state.server_until) + mend);
  }
  if (x509::not_before(server.get()) > now) {
    return fault(server_file, "the certificate is not valid before " +
                                  format_date(x509::not_before(server.get())) + "; is this clock right?");
  }
  if (state.own_ca) {
    const auto ca = load_authority(texts, now);
    if (!ca) return tl::unexpected<error>(ca.error());
    state.ca_until = x509::not_after(ca->certificate.get());
    if (!x509::is_signed_by(server.get(), ca->certificate.get())) {
      return fault(server_file, "is not signed by ca.crt" + mend);
    }
  }
  // One from elsewhere need not bear this machine's own names, only the one that agents connect to.
  const auto count = state.own_ca ? names.size() : std::min<std::size_t>(names.size(), 1);
  for (std::size_t i = 0; i < count; ++i) {
    if (!x509::covers(server.get(), names[i])) {
      return fault(server_file, "does not bear the name " + names[i] + mend);
    }
  }
  return state;
}

}  // namespace atlas::broker
