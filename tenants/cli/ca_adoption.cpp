#include "tenants/cli/ca_adoption.hpp"

#include "broker/certificates.hpp"
#include "broker/layout.hpp"
#include "broker/output_file.hpp"
#include "broker/x509.hpp"
#include "tenants/private_file.hpp"

#include <system_error>

namespace atlas::cli {

namespace {

constexpr std::size_t max_bytes = 1 << 16;

// However the text around it is written.
std::string canonical(std::string_view pem) {
  const auto certificate = broker::x509::certificate_from_pem(pem);
  return certificate ? broker::x509::to_pem(certificate.get()) : std::string();
}

}  // namespace

result<ca_fit> compare_ca(const tenants::state_root& root, const tenants::unpacked_organization& org,
                          unix_ms now) {
  if (!org.ca_certificate) return ca_fit::unknown;
  const auto wanted = canonical(*org.ca_certificate);
  if (wanted.empty()) return failure("ca.crt", "is no certificate");
  std::error_code ignored;
  if (std::filesystem::exists(root.ca_file(), ignored)) {
    const auto present = tenants::read_file(root.ca_file(), max_bytes);
    if (!present) return tl::unexpected(present.error());
    return canonical(*present) == wanted ? ca_fit::same : ca_fit::other;
  }
  if (!org.ca_key) return ca_fit::missing;
  // That it can sign is what shows that it is whole.
  const auto tried =
      broker::prepare_certificates({*org.ca_certificate, *org.ca_key, {}, {}}, {"localhost"}, now);
  if (!tried) return failure("the archive's " + tried.error().where, tried.error().what);
  return ca_fit::take_over;
}

result<void> take_over_ca(const tenants::state_root& root, const tenants::unpacked_organization& org) {
  if (auto made = tenants::make_private_directory(root.ca_file().parent_path()); !made) return made;
  if (auto written = tenants::write_private_file(root.ca_key_file(), *org.ca_key); !written) return written;
  constexpr mode_t readable = 0644;
  return tenants::write_private_file(root.ca_file(), *org.ca_certificate, readable);
}

result<void> add_broker_name(const tenants::state_root& root, const std::string& name, unix_ms now) {
  std::error_code ignored;
  if (!std::filesystem::exists(root.ca_key_file(), ignored)) return {};
  const broker::layout files{root.broker_dir()};
  const auto lock = broker::folder_lock::acquire(files.dir);
  if (!lock) return tl::unexpected<error>(lock.error());
  const auto present = broker::read_certificates(files);
  if (!present) return tl::unexpected<error>(present.error());
  const auto made = broker::prepare_certificates(*present, {name}, now);
  if (!made) return tl::unexpected<error>(made.error());
  if (made->server_certificate == present->server_certificate) return {};
  if (auto written = tenants::write_private_file(files.server_key(), made->server_key); !written)
    return written;
  return tenants::write_private_file(files.server_certificate(), made->server_certificate);
}

}  // namespace atlas::cli
