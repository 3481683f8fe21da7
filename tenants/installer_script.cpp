#include "tenants/installer_script.hpp"

#include "tenants/private_file.hpp"
#include "tenants/server_tls.hpp"
#include "tenants/server_url.hpp"

#include <array>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace atlas::tenants {

namespace {

struct openssl_deleter {
  void operator()(BIO* memory) const { BIO_free(memory); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using certificate = std::unique_ptr<X509, openssl_deleter>;

// The first certificate of a PEM text.
certificate read_certificate(const std::string& pem) {
  const std::unique_ptr<BIO, openssl_deleter> memory(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return certificate(memory ? PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr) : nullptr);
}

bool is_signed_by(const std::string& pem, const std::string& ca_pem) {
  const auto leaf = read_certificate(pem);
  const auto ca = read_certificate(ca_pem);
  auto* const key = ca ? X509_get0_pubkey(ca.get()) : nullptr;
  return leaf && key != nullptr && X509_verify(leaf.get(), key) == 1;
}

// For a place between single quotes in a shell script.
std::string quotable(std::string_view text) {
  std::string quoted;
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted;
}

// The root's CA when it has signed the certificate that the service shows; else nothing.
std::string own_ca_of(const state_root& root, const tenant_config& config) {
  constexpr std::size_t max_bytes = 1 << 16;
  switch (certificate_source_of(config)) {
    case certificate_source::none: return {};
    case certificate_source::local_ca: return read_file(root.ca_file(), max_bytes).value_or(std::string());
    case certificate_source::given: {
      const auto ca = read_file(root.ca_file(), max_bytes);
      const auto shown = read_file(*config.server.tls.certificate, max_bytes);
      return ca && shown && is_signed_by(*shown, *ca) ? *ca : std::string();
    }
  }
  return {};
}

}  // namespace

std::string render_installer(const installer_values& values) {
  const std::array<std::pair<std::string_view, std::string>, 6> places{{
      {"ORG_ID", std::string(values.org.text())},
      {"ORG_NAME", quotable(values.org_name)},
      {"SERVER_URL", quotable(values.server_url)},
      {"SHORT_ID", values.org.short_text()},
      {"TOKEN", quotable(values.token)},
      // It stands in a here-document whose quoted delimiter leaves everything as it is.
      {"SERVER_CA", values.server_ca},
  }};
  std::string script;
  auto rest = install_agent_template;
  while (!rest.empty()) {
    const auto at = rest.find('@');
    script += rest.substr(0, at);
    if (at == std::string_view::npos) break;
    rest.remove_prefix(at);
    bool placed = false;
    for (const auto& [name, value] : places) {
      const auto mark = fmt::format("@{}@", name);
      if (!rest.starts_with(mark)) continue;
      script += value;
      rest.remove_prefix(mark.size());
      placed = true;
      break;
    }
    if (!placed) {
      script += '@';
      rest.remove_prefix(1);
    }
  }
  return script;
}

std::string render_installer(const state_root& root, const tenant_config& config, std::string_view token) {
  return render_installer({config.organization.id, config.organization.name, server_url(config),
                           own_ca_of(root, config), std::string(token)});
}

std::string installer_name(const org_id& org) { return fmt::format("install-agent-{}.sh", org.short_text()); }

}  // namespace atlas::tenants
