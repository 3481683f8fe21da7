#include "tenants/archive/unpack.hpp"

#include "tenants/archive/container.hpp"
#include "tenants/archive/snapshot.hpp"
#include "tenants/private_file.hpp"
#include "tenants/registry.hpp"

#include <memory>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>

namespace atlas::tenants {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_text = 1 << 20;
constexpr std::uint64_t spare_bytes = 64 << 20;  // left free on the disk

result<void> check_manifest(const archive_manifest& manifest, const fs::path& folder) {
  if (manifest.schema > registry::schema_version()) {
    return failure("fleet.db", fmt::format("was made by a newer Atlas Fleet (schema {}, this one knows {}): "
                                           "install the newer programs",
                                           manifest.schema, registry::schema_version()));
  }
  std::error_code unknown;
  const auto space = fs::space(folder, unknown);
  const auto needed = manifest.find("fleet.db")->bytes + spare_bytes;
  if (!unknown && space.available < needed) {
    return failure(
        folder.parent_path().string(),
        fmt::format("has {} MB free, and {} MB are needed: make room", space.available >> 20, needed >> 20));
  }
  return {};
}

result<byte_sink> create_file(const fs::path& file) {
  auto made = owned_descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (*made < 0) return failure(file.string(), "cannot be written");
  return [made, write = write_to(*made, file.string())](std::span<const char> bytes) { return write(bytes); };
}

// The part is in the folder no longer, for it belongs elsewhere.
result<std::optional<std::string>> take_text(const archive_manifest& manifest, const fs::path& folder,
                                             std::string_view part) {
  if (manifest.find(part) == nullptr) return std::nullopt;
  auto text = read_file(folder / part, max_text);
  if (!text) return tl::unexpected(text.error());
  std::error_code ignored;
  fs::remove(folder / part, ignored);
  return *std::move(text);
}

}  // namespace

result<unpacked_organization> unpack_organization(const byte_source& from, const std::string& name,
                                                  const fs::path& folder, const progress_function& progress) {
  archive_visitor visitor;
  visitor.begin = [&folder](const archive_manifest& manifest) { return check_manifest(manifest, folder); };
  visitor.open = [&folder](const archive_part& part) { return create_file(folder / part.name); };
  visitor.progress = progress;
  auto manifest = read_archive(from, name, visitor);
  if (!manifest) return tl::unexpected(manifest.error());

  const auto text = read_file(folder / "tenant.json", max_text);
  if (!text) return tl::unexpected(text.error());
  auto config = parse_tenant_config(*text, name + ": tenant.json");
  if (!config) return tl::unexpected(std::move(config.error().front()));
  if (config->organization.id != manifest->organization) {
    return failure(name, "its manifest and its tenant.json are of two organisations");
  }
  const auto schema = check_database(folder / "fleet.db");
  if (!schema) return failure(name + ": fleet.db", schema.error().what);
  if (*schema != manifest->schema)
    return failure(name, "its manifest names another schema than fleet.db has");
  auto certificate = take_text(*manifest, folder, "ca.crt");
  if (!certificate) return tl::unexpected(certificate.error());
  auto key = take_text(*manifest, folder, "ca.key");
  if (!key) return tl::unexpected(key.error());
  return unpacked_organization{*std::move(manifest), *std::move(config), *std::move(certificate),
                               *std::move(key)};
}

}  // namespace atlas::tenants
