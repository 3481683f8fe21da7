#pragma once

#include "tenants/config.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace atlas::tenants {

// The folder that holds everything of one installation; topics.md's neighbour docs/MULTI_TENANT_GUIDE.md
// draws it.
class state_root {
 public:
  explicit state_root(std::filesystem::path path) : path_(std::move(path)) {}
  // --root DIR, else $ATLAS_FLEET_ROOT, else /var/lib/atlas-fleet when that exists, else ~/.atlas-fleet.
  static state_root find(const std::optional<std::filesystem::path>& from_command_line);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path tenant_dir(std::string_view slug) const { return path_ / "tenants" / slug; }
  std::filesystem::path tenant_file(std::string_view slug) const { return tenant_dir(slug) / "tenant.json"; }
  std::filesystem::path fleet_db(std::string_view slug) const { return tenant_dir(slug) / "fleet.db"; }
  // The dashboard's certificate and its key in one file, when the local CA signs it.
  std::filesystem::path server_certificate(std::string_view slug) const {
    return tenant_dir(slug) / "server.pem";
  }
  std::filesystem::path broker_dir() const { return path_ / "broker"; }
  std::filesystem::path ca_key_file() const { return broker_dir() / "certs" / "ca.key"; }
  std::filesystem::path ca_file() const { return broker_dir() / "certs" / "ca.crt"; }

 private:
  std::filesystem::path path_;
};

struct tenant {
  std::string slug;
  tenant_config config;
};

// Every tenant whose file is in order, sorted by slug, and the mistakes of the other files: for commands that
// can go on without those.
struct scanned_tenants {
  std::vector<tenant> tenants;
  config_errors mistakes;
};
scanned_tenants scan_tenants(const state_root& root);

// All tenants, sorted by slug; the errors of every broken file when there is one.
tl::expected<std::vector<tenant>, config_errors> load_tenants(const state_root& root);
// By slug, UUID or name, whose letters may be of either case. `where` of the first error is "not found" when
// there is none: callers exit 3.
tl::expected<tenant, config_errors> find_tenant(const state_root& root, std::string_view org);

}  // namespace atlas::tenants
