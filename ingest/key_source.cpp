#include "ingest/key_source.hpp"

#include <utility>

#include <spdlog/spdlog.h>
#include <sys/stat.h>

namespace atlas::ingest {

key_source::key_source(tenants::state_root root, std::string slug, tenants::key_ring first)
    : root_(std::move(root)),
      slug_(std::move(slug)),
      ring_(std::make_shared<const tenants::key_ring>(std::move(first))) {}

key_source::file_version key_source::version_of(const std::filesystem::path& file) {
  struct stat info{};
  if (::stat(file.c_str(), &info) != 0) {
    return {};
  }
  return {static_cast<std::int64_t>(info.st_ino), info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec};
}

std::shared_ptr<const tenants::key_ring> key_source::read() {
  const std::scoped_lock lock(mutex_);
  // Before they are read: what changes in between is read once more.
  const std::array versions{version_of(tenants::rotation_file(root_, slug_)),
                            version_of(root_.tenant_file(slug_))};
  if (versions != versions_) {
    versions_ = versions;
    if (auto ring = tenants::read_key_ring(root_, slug_)) {
      ring_ = std::make_shared<const tenants::key_ring>(*std::move(ring));
    } else {
      spdlog::error("{}: {}", ring.error().where, ring.error().what);
    }
  }
  return ring_;
}

}  // namespace atlas::ingest
