#pragma once

#include "tenants/archive/manifest.hpp"
#include "tenants/archive/stream.hpp"
#include "tenants/state_root.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace atlas::tenants {

struct pack_request {
  archive_manifest::purpose kind = archive_manifest::purpose::backup;
  bool with_ca_key = false;           // the key of the root's CA, beside its certificate
  std::filesystem::path work_folder;  // where a copy of fleet.db has room for a while
  unix_ms now{};
};

// An organisation as it is at one moment, ready to be written into an archive.
class packed_organization {
 public:
  // Copies what is needed; `progress` is that of copying fleet.db.
  static result<packed_organization> gather(const state_root& root, const tenant& org,
                                            const pack_request& request, const progress_function& progress);
  ~packed_organization();
  packed_organization(packed_organization&&) noexcept;
  packed_organization& operator=(packed_organization&&) = delete;

  const archive_manifest& manifest() const { return manifest_; }
  result<void> write(const byte_sink& to, const progress_function& progress) const;

 private:
  explicit packed_organization(archive_manifest manifest) : manifest_(std::move(manifest)) {}
  archive_manifest manifest_;
  std::map<std::string, std::string, std::less<>> texts_;
  std::filesystem::path database_;  // the copy; empty when it is another object's
};

}  // namespace atlas::tenants
