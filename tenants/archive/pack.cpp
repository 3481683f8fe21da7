#include "tenants/archive/pack.hpp"

#include "tenants/archive/container.hpp"
#include "tenants/archive/sha256_stream.hpp"
#include "tenants/archive/snapshot.hpp"
#include "tenants/private_file.hpp"
#include "tenants/rotation.hpp"

#include <cstdlib>
#include <memory>
#include <system_error>
#include <utility>

#include <unistd.h>

namespace atlas::tenants {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_text = 1 << 20;

byte_source read_text(std::string text) {
  return [text = std::make_shared<const std::string>(std::move(text)),
          at = std::size_t{0}](std::span<char> buffer) mutable -> result<std::size_t> {
    const auto count = text->copy(buffer.data(), buffer.size(), at);
    at += count;
    return count;
  };
}

result<archive_part> describe(std::string name, const byte_source& source) {
  sha256_stream hash;
  archive_part part{std::move(name), 0, {}};
  const auto read = pump(source, [&](std::span<const char> bytes) -> result<void> {
    hash.add(bytes);
    part.bytes += bytes.size();
    return {};
  });
  if (!read) return tl::unexpected(read.error());
  part.sha256 = hash.hex();
  return part;
}

result<fs::path> make_copy_file(const fs::path& folder) {
  auto name = (folder / ".fleet-db-XXXXXX").string();
  const int made = ::mkstemp(name.data());
  if (made < 0) return failure(folder.string(), "no file can be made in it");
  ::close(made);
  return fs::path(name);
}

}  // namespace

packed_organization::packed_organization(packed_organization&& other) noexcept
    : manifest_(std::move(other.manifest_)),
      texts_(std::move(other.texts_)),
      database_(std::exchange(other.database_, {})) {}

packed_organization::~packed_organization() {
  std::error_code ignored;
  if (!database_.empty()) fs::remove(database_, ignored);
}

result<packed_organization> packed_organization::gather(const state_root& root, const tenant& org,
                                                        const pack_request& request,
                                                        const progress_function& progress) {
  archive_manifest manifest{.kind = request.kind,
                            .organization = org.config.organization.id,
                            .name = org.config.organization.name,
                            .slug = org.slug,
                            .created = request.now,
                            .program = ATLAS_VERSION,
                            .schema = 0,
                            .parts = {}};
  packed_organization packed(std::move(manifest));
  auto copy = make_copy_file(request.work_folder);
  if (!copy) return tl::unexpected(copy.error());
  packed.database_ = *std::move(copy);

  std::map<std::string, fs::path> files{{"tenant.json", root.tenant_file(org.slug)}};
  std::error_code ignored;
  // Agents that trust a CA from elsewhere have nothing to do with this one.
  if (!org.config.broker.ca_file && fs::exists(root.ca_file(), ignored)) {
    files.insert({"ca.crt", root.ca_file()});
    if (request.with_ca_key) files.insert({"ca.key", root.ca_key_file()});
  }
  std::optional<database_snapshot> snapshot;
  {
    // Configuration, rotation and database must be of one moment: whoever changes more than one of them
    // holds this lock.
    const auto lock = directory_lock::acquire(root.path() / "tenants");
    if (!lock) return tl::unexpected(lock.error());
    if (const auto rotation = rotation_file(root, org.slug); fs::exists(rotation, ignored)) {
      files.insert({"rotation.json", rotation});
    }
    for (const auto& [name, file] : files) {
      auto text = read_file(file, max_text);
      if (!text) return tl::unexpected(text.error());
      packed.texts_[name] = *std::move(text);
    }
    auto begun = database_snapshot::begin(root.fleet_db(org.slug));
    if (!begun) return tl::unexpected(begun.error());
    snapshot.emplace(*std::move(begun));
  }
  if (auto copied = snapshot->copy_to(packed.database_, progress); !copied) {
    return tl::unexpected(copied.error());
  }
  const auto schema = check_database(packed.database_);
  if (!schema) return tl::unexpected(schema.error());
  packed.manifest_.schema = *schema;
  for (const auto name : archive_part_names()) {
    const auto text = packed.texts_.find(name);
    if (text == packed.texts_.end() && name != "fleet.db") continue;
    auto source =
        name == "fleet.db" ? read_file_from(packed.database_) : result<byte_source>(read_text(text->second));
    if (!source) return tl::unexpected(source.error());
    auto part = describe(std::string(name), *source);
    if (!part) return tl::unexpected(part.error());
    packed.manifest_.parts.push_back(*std::move(part));
  }
  return packed;
}

result<void> packed_organization::write(const byte_sink& to, const progress_function& progress) const {
  const auto open = [this](const archive_part& part) -> result<byte_source> {
    const auto text = texts_.find(part.name);
    return text == texts_.end() ? read_file_from(database_) : result<byte_source>(read_text(text->second));
  };
  return write_archive(manifest_, open, to, progress);
}

}  // namespace atlas::tenants
