// Reading of archives, which may come from anybody.
#include "core/clean_text.hpp"
#include "tenants/archive/container.hpp"
#include "tenants/archive/sha256_stream.hpp"

#include <array>
#include <memory>
#include <numeric>
#include <optional>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

namespace atlas::tenants {

namespace {

// Real databases shrink to a third or so; zeros, of which an archive that is to fill a disk would consist, to
// a ten-thousandth.
constexpr std::uint64_t most_expansion = 500;
constexpr std::uint64_t always_allowed = 64 << 20;

constexpr std::size_t buffer_bytes = 1 << 16;

struct free_reader {
  void operator()(archive* value) const { archive_read_free(value); }
};

// What the callback of the library needs.
struct input {
  const byte_source& source;
  std::array<char, buffer_bytes> buffer;
  std::uint64_t taken = 0;
  std::optional<error> problem;
};

la_ssize_t fetch(archive* reader, void* data, const void** bytes) {
  auto& in = *static_cast<input*>(data);
  *bytes = in.buffer.data();
  const auto count = in.source(in.buffer);
  if (count) {
    in.taken += *count;
    return static_cast<la_ssize_t>(*count);
  }
  if (!in.problem) in.problem = count.error();
  archive_set_error(reader, EIO, "%s", count.error().what.c_str());
  return -1;
}

class tar_reader {
 public:
  tar_reader(const byte_source& source, std::string name)
      : in_{source, {}, 0, std::nullopt}, name_(std::move(name)), reader_(archive_read_new()) {}

  result<void> open() {
    const bool ready = reader_ != nullptr && archive_read_support_format_tar(reader_.get()) == ARCHIVE_OK &&
                       archive_read_support_filter_zstd(reader_.get()) == ARCHIVE_OK &&
                       archive_read_open(reader_.get(), &in_, nullptr, fetch, nullptr) == ARCHIVE_OK;
    return ready ? result<void>() : problem("is no archive of an organisation");
  }

  // The next entry, which must be a plain file of that name; returns its length.
  result<std::uint64_t> expect(std::string_view wanted) {
    archive_entry* entry = nullptr;
    const auto got = archive_read_next_header(reader_.get(), &entry);
    if (got == ARCHIVE_EOF) return failure(name_, fmt::format("ends before {}", wanted));
    if (got != ARCHIVE_OK) return problem("is damaged, or no archive of an organisation");
    const char* path = archive_entry_pathname(entry);
    const std::string_view found = path != nullptr ? path : "";
    const bool plain = archive_entry_filetype(entry) == AE_IFREG &&
                       archive_entry_hardlink(entry) == nullptr && archive_entry_symlink(entry) == nullptr &&
                       archive_entry_sparse_count(entry) == 0 && archive_entry_size_is_set(entry) != 0 &&
                       archive_entry_size(entry) >= 0;
    if (found != wanted || !plain) {
      return failure(name_,
                     fmt::format("has '{}' where the plain file {} belongs", clean_text(found, 80), wanted));
    }
    return static_cast<std::uint64_t>(archive_entry_size(entry));
  }
  // Up to the end of the entry.
  result<std::size_t> read(std::span<char> buffer) {
    const auto count = archive_read_data(reader_.get(), buffer.data(), buffer.size());
    if (count < 0) return problem("is damaged");
    given_ += static_cast<std::uint64_t>(count);
    if (given_ > always_allowed && given_ / most_expansion > in_.taken) {
      return failure(name_, "is packed tighter than any real one: it is damaged, or meant to fill the disk");
    }
    return static_cast<std::size_t>(count);
  }
  result<void> expect_end() {
    archive_entry* entry = nullptr;
    const auto got = archive_read_next_header(reader_.get(), &entry);
    if (got == ARCHIVE_EOF) return {};
    if (got == ARCHIVE_OK) return failure(name_, "has more than its manifest names");
    return problem("is damaged");
  }

 private:
  tl::unexpected<error> problem(std::string_view what) const {
    if (in_.problem) return tl::unexpected<error>(*in_.problem);
    const char* text = reader_ != nullptr ? archive_error_string(reader_.get()) : "no memory";
    return failure(name_,
                   fmt::format("{}: {}", what, clean_text(text != nullptr ? text : "it ends early", 200)));
  }

  input in_;
  std::string name_;
  std::uint64_t given_ = 0;
  std::unique_ptr<archive, free_reader> reader_;
};

result<archive_manifest> read_manifest(tar_reader& reader, const std::string& name) {
  const auto size = reader.expect("manifest.json");
  if (!size) return tl::unexpected(size.error());
  if (*size > max_manifest_bytes) return failure(name, "has a manifest.json that is too large");
  std::string text;
  const auto copied = pump([&](std::span<char> buffer) { return reader.read(buffer); },
                           [&](std::span<const char> bytes) -> result<void> {
                             text.append(bytes.data(), bytes.size());
                             return {};
                           });
  if (!copied) return tl::unexpected(copied.error());
  auto manifest = parse_manifest(text);
  if (!manifest) return failure(fmt::format("{}: {}", name, manifest.error().where), manifest.error().what);
  return manifest;
}

result<void> read_part(tar_reader& reader, const std::string& name, const archive_part& part,
                       const byte_sink& sink, const std::function<result<void>(std::size_t)>& got) {
  sha256_stream hash;
  std::uint64_t seen = 0;
  const auto copied = pump([&](std::span<char> buffer) { return reader.read(buffer); },
                           [&](std::span<const char> bytes) -> result<void> {
                             seen += bytes.size();
                             if (seen > part.bytes)
                               return failure(name, part.name + " is longer than it was");
                             hash.add(bytes);
                             if (auto go_on = got(bytes.size()); !go_on) return go_on;
                             return sink(bytes);
                           });
  if (!copied) return copied;
  if (seen != part.bytes || hash.hex() != part.sha256) {
    return failure(name, part.name + " is damaged: it does not have the checksum of the manifest");
  }
  return {};
}

}  // namespace

result<archive_manifest> read_archive(const byte_source& from, const std::string& name,
                                      const archive_visitor& visitor) {
  tar_reader reader(from, name);
  if (auto opened = reader.open(); !opened) return tl::unexpected(opened.error());
  auto manifest = read_manifest(reader, name);
  if (!manifest) return manifest;
  if (auto begun = visitor.begin(*manifest); !begun) return tl::unexpected(begun.error());
  const auto total =
      std::accumulate(manifest->parts.begin(), manifest->parts.end(), std::uint64_t{0},
                      [](std::uint64_t sum, const archive_part& part) { return sum + part.bytes; });
  std::uint64_t sum = 0;
  const auto got = [&](std::size_t count) {
    sum += count;
    return visitor.progress ? visitor.progress(sum, total) : result<void>();
  };
  for (const auto& part : manifest->parts) {
    const auto size = reader.expect(part.name);
    if (!size) return tl::unexpected(size.error());
    if (*size != part.bytes) return failure(name, part.name + " has another length than the manifest says");
    const auto sink = visitor.open(part);
    if (!sink) return tl::unexpected(sink.error());
    if (auto read = read_part(reader, name, part, *sink, got); !read) return tl::unexpected(read.error());
  }
  if (auto ended = reader.expect_end(); !ended) return tl::unexpected(ended.error());
  return manifest;
}

}  // namespace atlas::tenants
