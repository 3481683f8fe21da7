#pragma once

#include "tenants/rotation.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace atlas::ingest {

// The organisation's keys, read again when their files have changed. From any thread.
class key_source {
 public:
  // `first` holds until something else can be read.
  key_source(tenants::state_root root, std::string slug, tenants::key_ring first);

  // Files that cannot be read are logged once; the keys stay what they were.
  std::shared_ptr<const tenants::key_ring> read();

 private:
  // Inode and time of change; zeros when it is not there.
  using file_version = std::array<std::int64_t, 2>;
  static file_version version_of(const std::filesystem::path& file);

  const tenants::state_root root_;
  const std::string slug_;
  std::mutex mutex_;
  std::array<file_version, 2> versions_{};
  std::shared_ptr<const tenants::key_ring> ring_;
};

}  // namespace atlas::ingest
