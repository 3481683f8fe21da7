// What `doctor` looks at of one organisation's service.
#include "broker/certificates.hpp"
#include "broker/x509.hpp"
#include "tenants/cli/conflicts.hpp"
#include "tenants/cli/doctor.hpp"
#include "tenants/cli/http_get.hpp"
#include "tenants/cli/output.hpp"
#include "tenants/private_file.hpp"
#include "tenants/server_tls.hpp"

#include <chrono>

#include <fmt/format.h>

namespace atlas::cli {

namespace {

using tenants::certificate_source;

constexpr auto warn_before = std::chrono::days(30);
constexpr std::size_t max_pem_bytes = 1 << 18;

std::string text_of(const std::filesystem::path& file) {
  return tenants::read_file(file, max_pem_bytes).value_or(std::string());
}

// What is wrong with the pair, or nothing.
std::string certificate_trouble(const tenants::state_root& root, const tenants::tenant& org,
                                const tenants::certificate_files& files, certificate_source source) {
  namespace x509 = broker::x509;
  const auto certificate = x509::certificate_from_pem(text_of(files.certificate));
  const auto key = x509::key_from_pem(text_of(files.private_key));
  if (!certificate) return "is missing, or is no certificate in PEM form";
  if (!key || !x509::belongs_to(certificate.get(), key.get())) {
    return fmt::format("{} is missing, or is not its private key", files.private_key.string());
  }
  const auto until = x509::not_after(certificate.get());
  if (until <= now()) return "ran out on " + broker::format_date(until);
  if (until - now() <= warn_before) return "ends on " + broker::format_date(until);
  const auto names = tenants::server_names(org.config);
  if (source == certificate_source::local_ca) {
    const auto ca = x509::certificate_from_pem(text_of(root.ca_file()));
    if (!ca || !x509::is_signed_by(certificate.get(), ca.get())) return "is not signed by this root's CA";
  }
  // One from elsewhere bears the public name, if there is one.
  if ((source == certificate_source::local_ca || org.config.server.url) &&
      !x509::covers(certificate.get(), names.front())) {
    return "does not bear the name " + names.front();
  }
  return {};
}

void check_certificate(const tenants::state_root& root, const tenants::tenant& org, findings& found) {
  const auto source = tenants::certificate_source_of(org.config);
  if (source == certificate_source::none) return;
  const auto files = tenants::certificate_files_of(root, org);
  auto trouble = certificate_trouble(root, org, files, source);
  found.push_back({"certificate", files.certificate.string(), std::move(trouble),
                   source == certificate_source::local_ca
                       ? "atlas-fleet broker apply; the service takes the new one without a restart."
                       : "Put a renewed pair there; the service takes it without a restart."});
}

http_place place_of(const tenants::state_root& root, const tenants::tenant& org) {
  const auto& server = org.config.server;
  const auto source = tenants::certificate_source_of(org.config);
  http_place place{server.host, server.port, source != certificate_source::none, {}, "localhost"};
  if (place.host == "0.0.0.0") place.host = "127.0.0.1";
  if (place.host == "::") place.host = "::1";
  if (source == certificate_source::local_ca) place.ca_file = root.ca_file().string();
  return place;
}

// An object, also of what is none.
json object_of(const std::string& text) {
  auto parsed = json::parse(text, nullptr, false);
  return parsed.is_object() ? parsed : json::object();
}

void check_readiness(const http_place& place, const tenants::tenant& org, findings& found) {
  const auto where = fmt::format("{} at {}:{}", org.slug, place.host, place.port);
  const auto ready = http_get(place, "/readyz");
  if (!ready) {
    found.push_back({"service", where, ready.error().what, "Look at its log."});
    return;
  }
  const auto before = found.size();
  const auto answer = object_of(ready->body);
  for (const auto& check : answer.value("checks", json::array())) {
    if (check.is_object() && !check.value("ready", false)) {
      found.push_back({"service", fmt::format("{}, {}", where, check.value("name", "?")), "is not ready",
                       check.value("detail", "Look at its log.")});
    }
  }
  if (found.size() == before)
    found.push_back({"service", where, ready->status == 200 ? "" : "is not ready", "Look at its log."});
}

}  // namespace

void examine_service(const tenants::state_root& root, const tenants::tenant& org,
                     const std::vector<tenants::tenant>& all, findings& found) {
  check_certificate(root, org, found);
  const auto& server = org.config.server;
  const auto change_port = fmt::format("atlas-fleet org set {} server.port N", org.slug);
  if (const auto taken = port_conflict(all, org.slug, server.port); !taken.empty()) {
    found.push_back({"port", fmt::format("{}, port {}", org.slug, server.port), taken, change_port});
    return;
  }
  const auto place = place_of(root, org);
  const auto where = fmt::format("{} at {}:{}", org.slug, place.host, place.port);
  const auto brand = http_get(place, "/api/v1/branding");
  if (brand && object_of(brand->body).value("id", "") == org.config.organization.id.text()) {
    return check_readiness(place, org, found);
  }
  if (brand) {
    found.push_back({"port", where, "another program, or another organisation's service, answers there",
                     "Stop it, or: " + change_port});
  } else if (is_port_bound(place.host, place.port)) {
    found.push_back(
        {"port", where, "taken by something that is not this organisation's service: " + brand.error().what,
         "Stop it, or: " + change_port + ". A service that was started before a change: restart it."});
  } else {
    found.push_back({"service", where, "does not run: " + brand.error().what,
                     fmt::format("atlas-fleet up, or atlas-ingest --org {}", org.slug)});
  }
}

}  // namespace atlas::cli
