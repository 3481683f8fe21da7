// The archive itself: manifest, container, and what is refused of them.
#include "core/sha256.hpp"
#include "tenants/archive/container.hpp"
#include "tenants/archive/pack.hpp"
#include "tenants/archive/unpack.hpp"
#include "tests/unit/tenants/cli_support.hpp"

#include <algorithm>
#include <map>
#include <memory>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <gmock/gmock.h>

namespace atlas::tenants {
namespace {

using ::testing::HasSubstr;

const std::string zeros(64, '0');

archive_manifest sample_manifest() {
  return {.kind = archive_manifest::purpose::backup,
          .organization = org_id::parse("aaaaaaaa-0000-4000-8000-00000000000a").value(),
          .name = "Acme Corp",
          .slug = "acme",
          .created = from_unix_ms(1'764'000'000'000),
          .program = "0.1.0",
          .schema = 3,
          .parts = {{"tenant.json", 10, zeros}, {"fleet.db", 4'096, zeros}}};
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("not in the text: " + std::string(from));
  return text.replace(at, from.size(), to);
}

TEST(ArchiveManifest, ReadsWhatItWrites) {
  const auto manifest = sample_manifest();
  const auto again = parse_manifest(format_manifest(manifest)).value();
  EXPECT_EQ(again.organization, manifest.organization);
  EXPECT_EQ(again.name, manifest.name);
  EXPECT_EQ(again.created, manifest.created);
  EXPECT_EQ(again.schema, 3U);
  ASSERT_EQ(again.parts.size(), 2U);
  EXPECT_EQ(again.find("fleet.db")->bytes, 4'096U);
  EXPECT_EQ(again.find("ca.key"), nullptr);
}

TEST(ArchiveManifest, RefusesWhatItDoesNotKnow) {
  const auto good = format_manifest(sample_manifest());
  const std::map<std::string, std::string> mistakes{
      {replaced(good, "\"version\": 1", "\"version\": 2"), "a newer Atlas Fleet"},
      {replaced(good, "atlas-fleet-archive", "other"), "/format"},
      {replaced(good, "\"backup\"", "\"gift\""), "/kind"},
      {replaced(good, "\"acme\"", "\"../acme\""), "/slug"},
      {replaced(good, "\"fleet.db\"", "\"../fleet.db\""), "/parts"},
      {replaced(good, "\"fleet.db\"", "\"tenant.json\""), "/parts"},
      {replaced(good, "\"tenant.json\"", "\"rotation.json\""), "tenant.json is missing"},
      {replaced(good, "4096", "4611686018427387904"), "at most"},
      {replaced(good, zeros, "0"), "SHA-256"},
      {replaced(good, "aaaaaaaa-0000-4000", "aaaaaaaa-0000-1000"), "/organization"},
      {"[]", "object"},
      {"", "JSON"}};
  for (const auto& [text, what] : mistakes) {
    const auto parsed = parse_manifest(text);
    ASSERT_FALSE(parsed.has_value()) << text;
    EXPECT_THAT(parsed.error().where + ": " + parsed.error().what, HasSubstr(what));
  }
}

// An archive by hand, as somebody could make one who wishes us ill.
class forged_archive {
 public:
  forged_archive() : writer_(archive_write_new(), archive_write_free) {
    archive_write_set_format_pax(writer_.get());
    archive_write_add_filter_zstd(writer_.get());
    archive_write_set_bytes_in_last_block(writer_.get(), 1);
    archive_write_open(writer_.get(), this, nullptr, take, nullptr);
  }
  void add(const std::string& name, const std::string& bytes, unsigned type = AE_IFREG,
           const char* link = nullptr) {
    const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(),
                                                                              archive_entry_free);
    archive_entry_set_pathname(entry.get(), name.c_str());
    archive_entry_set_filetype(entry.get(), type);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes.size()));
    if (link != nullptr && type == AE_IFLNK) archive_entry_set_symlink(entry.get(), link);
    if (link != nullptr && type == AE_IFREG) archive_entry_set_hardlink(entry.get(), link);
    archive_write_header(writer_.get(), entry.get());
    archive_write_data(writer_.get(), bytes.data(), bytes.size());
  }
  std::string finish() {
    archive_write_close(writer_.get());
    return bytes_;
  }

 private:
  static la_ssize_t take(archive*, void* self, const void* bytes, size_t size) {
    static_cast<forged_archive*>(self)->bytes_.append(static_cast<const char*>(bytes), size);
    return static_cast<la_ssize_t>(size);
  }
  std::string bytes_;
  std::unique_ptr<archive, decltype(&archive_write_free)> writer_;
};

byte_source source_of(std::string_view& bytes) {
  return [&bytes](std::span<char> buffer) -> result<std::size_t> {
    const auto count = bytes.copy(buffer.data(), buffer.size());
    bytes.remove_prefix(count);
    return count;
  };
}

// What is said of an archive; empty when it is taken.
std::string verdict(std::string_view bytes, std::uint64_t* most = nullptr) {
  archive_visitor visitor;
  visitor.begin = [](const archive_manifest&) { return result<void>{}; };
  visitor.open = [](const archive_part&) -> result<byte_sink> {
    return [](std::span<const char>) { return result<void>{}; };
  };
  visitor.progress = [most](std::uint64_t done, std::uint64_t) {
    if (most != nullptr) *most = done;
    return result<void>{};
  };
  const auto read = read_archive(source_of(bytes), "x.atlas", visitor);
  return read ? std::string() : read.error().where + ": " + read.error().what;
}

const std::string tenant_text = "{\"a\": 1}\n";
const std::string database_text(8'192, 'd');

archive_manifest manifest_of(const std::string& tenant, const std::string& database) {
  auto manifest = sample_manifest();
  manifest.parts = {{"tenant.json", tenant.size(), sha256_hex(tenant)},
                    {"fleet.db", database.size(), sha256_hex(database)}};
  return manifest;
}

std::string good_manifest() { return format_manifest(manifest_of(tenant_text, database_text)); }

TEST(ArchiveReader, TakesAWholeArchive) {
  forged_archive archive;
  archive.add("manifest.json", good_manifest());
  archive.add("tenant.json", tenant_text);
  archive.add("fleet.db", database_text);
  EXPECT_EQ(verdict(archive.finish()), "");
}

TEST(ArchiveReader, RefusesOtherNamesLinksAndSurplus) {
  struct entry {
    const char* name;
    unsigned type;
    const char* link;
  };
  for (const auto& [name, type, link] :
       {entry{"../tenant.json", AE_IFREG, nullptr}, entry{"/etc/passwd", AE_IFREG, nullptr},
        entry{"tenant.json", AE_IFLNK, "/etc/passwd"}, entry{"tenant.json", AE_IFREG, "/etc/passwd"},
        entry{"tenant.json", AE_IFDIR, nullptr}, entry{"tenant.json", AE_IFIFO, nullptr}}) {
    forged_archive archive;
    archive.add("manifest.json", good_manifest());
    archive.add(name, type == AE_IFREG && link == nullptr ? tenant_text : std::string(), type, link);
    archive.add("fleet.db", database_text);
    EXPECT_THAT(verdict(archive.finish()), HasSubstr("where the plain file tenant.json belongs")) << name;
  }
  forged_archive more;
  more.add("manifest.json", good_manifest());
  more.add("tenant.json", tenant_text);
  more.add("fleet.db", database_text);
  more.add("surplus", "x");
  EXPECT_THAT(verdict(more.finish()), HasSubstr("more than its manifest names"));
}

TEST(ArchiveReader, RefusesDamageAnywhere) {
  forged_archive changed;
  changed.add("manifest.json", good_manifest());
  changed.add("tenant.json", tenant_text);
  changed.add("fleet.db", std::string(8'192, 'e'));
  EXPECT_THAT(verdict(changed.finish()), HasSubstr("does not have the checksum"));

  forged_archive archive;
  archive.add("manifest.json", good_manifest());
  archive.add("tenant.json", tenant_text);
  archive.add("fleet.db", database_text);
  const auto whole = archive.finish();
  for (std::size_t size = 0; size < whole.size() - 16; size += 7) {
    EXPECT_NE(verdict(whole.substr(0, size)), "") << size << " of " << whole.size();
  }
  EXPECT_THAT(verdict("no archive at all"), HasSubstr("x.atlas"));
}

TEST(ArchiveReader, StopsAtABombLongBeforeItsEnd) {
  const std::string bomb(512 << 20, '\0');
  forged_archive archive;
  archive.add("manifest.json", format_manifest(manifest_of(tenant_text, bomb)));
  archive.add("tenant.json", tenant_text);
  archive.add("fleet.db", bomb);
  std::uint64_t most = 0;
  EXPECT_THAT(verdict(archive.finish(), &most), HasSubstr("packed tighter"));
  EXPECT_LT(most, 80U << 20);
}

// A whole organisation, packed while others write and unpacked elsewhere.
class ArchivedOrganization : public test::CommandLine {
 protected:
  std::string pack() {
    const auto org = find_tenant(root_, "acme").value();
    const pack_request request{.work_folder = folder_.path(), .now = from_unix_ms(1'764'000'000'000)};
    const auto packed = packed_organization::gather(root_, org, request, {}).value();
    std::string bytes;
    EXPECT_TRUE(packed.write(
        [&bytes](std::span<const char> more) -> result<void> {
          bytes.append(more.data(), more.size());
          return {};
        },
        {}));
    return bytes;
  }
};

TEST_F(ArchivedOrganization, ComesOutAsItWentIn) {
  add_org("acme", "Acme Corp", 'a');
  // A connection with a transaction under way holds nothing up, and what it has not committed is not there.
  auto store = registry_of("acme");
  ASSERT_TRUE(store.add_host(host_id::parse("web-1").value(), from_unix_ms(1)));
  std::string bytes;
  ASSERT_TRUE(store.recorded("test", "", [&]() -> result<void> {
    bytes = pack();
    return {};
  }));
  std::string_view rest = bytes;
  const auto target = folder_.path() / "out";
  std::filesystem::create_directory(target);
  const auto unpacked = unpack_organization(source_of(rest), "x", target, {}).value();
  EXPECT_EQ(unpacked.config.organization.name, "Acme Corp");
  EXPECT_EQ(unpacked.manifest.schema, registry::schema_version());
  EXPECT_FALSE(unpacked.ca_certificate);
  EXPECT_EQ(test::mode_of(target / "fleet.db"), 0600U);
  EXPECT_EQ(test::mode_of(target / "tenant.json"), 0600U);
  EXPECT_EQ(registry::open(target / "fleet.db")->hosts()->size(), 1U);
  EXPECT_THAT(registry::open(target / "fleet.db")->audit(std::nullopt, 10).value(), ::testing::SizeIs(1));
  // Nothing is left of the copy that was made.
  EXPECT_THAT(files_below(folder_.path()), ::testing::Not(::testing::Contains(HasSubstr(".fleet-db-"))));
}

}  // namespace
}  // namespace atlas::tenants
