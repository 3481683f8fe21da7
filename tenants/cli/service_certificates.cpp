#include "tenants/cli/service_certificates.hpp"

#include "broker/service_certificate.hpp"
#include "tenants/cli/output.hpp"
#include "tenants/private_file.hpp"
#include "tenants/server_tls.hpp"

#include <filesystem>
#include <string>

namespace atlas::cli {

namespace {

constexpr std::size_t max_bytes = 1 << 16;

// Empty when there is none.
std::string text_of(const std::filesystem::path& file) {
  return tenants::read_file(file, max_bytes).value_or(std::string());
}

result<void> renew(const tenants::state_root& root, const tenants::tenant& org) {
  const broker::signing_ca ca{text_of(root.ca_file()), text_of(root.ca_key_file())};
  const auto file = root.server_certificate(org.slug);
  const auto present = text_of(file);
  const auto made =
      broker::prepare_service_certificate(present, ca, tenants::server_names(org.config), now());
  if (!made) return failure(org.slug + ": " + made.error().where, made.error().what);
  return *made == present ? result<void>() : tenants::write_private_file(file, *made);
}

}  // namespace

tenants::config_errors renew_service_certificates(const tenants::state_root& root,
                                                  const std::vector<tenants::tenant>& all) {
  tenants::config_errors mistakes;
  for (const auto& org : all) {
    if (tenants::certificate_source_of(org.config) != tenants::certificate_source::local_ca) continue;
    if (auto done = renew(root, org); !done) mistakes.push_back(std::move(done.error()));
  }
  return mistakes;
}

}  // namespace atlas::cli
