#pragma once

#include "tenants/archive/manifest.hpp"
#include "tenants/archive/stream.hpp"
#include "tenants/config.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace atlas::tenants {

// What an archive held, checked.
struct unpacked_organization {
  archive_manifest manifest;
  tenant_config config;
  std::optional<std::string> ca_certificate;  // PEM
  std::optional<std::string> ca_key;
};

// Reads an archive of unknown origin into a private folder that is empty: tenant.json, fleet.db and, if it
// has one, rotation.json are there then, 0600. Checks checksums, configuration and database. After an error
// the folder's content is worth nothing. `where` of an error is `name`, or the part that is wrong.
result<unpacked_organization> unpack_organization(const byte_source& from, const std::string& name,
                                                  const std::filesystem::path& folder,
                                                  const progress_function& progress);

}  // namespace atlas::tenants
