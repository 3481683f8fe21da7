// Writing of archives.
#include "tenants/archive/container.hpp"

#include <array>
#include <memory>
#include <numeric>
#include <optional>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

namespace atlas::tenants {

namespace {

constexpr const char* compression_level = "3";

struct free_writer {
  void operator()(archive* value) const { archive_write_free(value); }
};
struct free_entry {
  void operator()(archive_entry* value) const { archive_entry_free(value); }
};

// What the callback of the library needs.
struct output {
  const byte_sink& sink;
  std::optional<error> problem;
};

la_ssize_t pass_on(archive* writer, void* data, const void* bytes, size_t size) {
  auto& out = *static_cast<output*>(data);
  const auto written = out.sink({static_cast<const char*>(bytes), size});
  if (written) return static_cast<la_ssize_t>(size);
  if (!out.problem) out.problem = written.error();
  archive_set_error(writer, EIO, "%s", written.error().what.c_str());
  return -1;
}

class tar_writer {
 public:
  explicit tar_writer(const byte_sink& sink) : out_{sink, std::nullopt}, writer_(archive_write_new()) {}

  result<void> open() {
    const bool ready =
        writer_ != nullptr && archive_write_set_format_pax_restricted(writer_.get()) == ARCHIVE_OK &&
        archive_write_add_filter_zstd(writer_.get()) == ARCHIVE_OK &&
        archive_write_set_filter_option(writer_.get(), "zstd", "compression-level", compression_level) ==
            ARCHIVE_OK &&
        archive_write_set_bytes_in_last_block(writer_.get(), 1) == ARCHIVE_OK &&
        archive_write_open(writer_.get(), &out_, nullptr, pass_on, nullptr) == ARCHIVE_OK;
    return ready ? result<void>() : problem();
  }

  result<void> begin(const std::string& name, std::uint64_t bytes, unix_ms when) {
    const std::unique_ptr<archive_entry, free_entry> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), name.c_str());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0600);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes));
    archive_entry_set_mtime(entry.get(), static_cast<time_t>(to_int(when) / 1000), 0);
    return archive_write_header(writer_.get(), entry.get()) == ARCHIVE_OK ? result<void>() : problem();
  }
  result<void> write(std::span<const char> bytes) {
    while (!bytes.empty()) {
      const auto written = archive_write_data(writer_.get(), bytes.data(), bytes.size());
      if (written < 0) return problem();
      if (written == 0) return failure("archive", "a part is longer than it was");
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
  }
  result<void> close() {
    return archive_write_close(writer_.get()) == ARCHIVE_OK && !out_.problem ? result<void>() : problem();
  }

 private:
  tl::unexpected<error> problem() const {
    if (out_.problem) return tl::unexpected<error>(*out_.problem);
    const char* text = writer_ != nullptr ? archive_error_string(writer_.get()) : nullptr;
    return failure("archive", fmt::format("cannot be written: {}", text != nullptr ? text : "no memory"));
  }

  output out_;
  std::unique_ptr<archive, free_writer> writer_;
};

result<void> write_part(tar_writer& writer, const archive_part& part, const byte_source& source,
                        const std::function<result<void>(std::size_t)>& wrote) {
  std::uint64_t seen = 0;
  const auto copied = pump(source, [&](std::span<const char> bytes) -> result<void> {
    seen += bytes.size();
    if (seen > part.bytes) return failure(part.name, "has grown while it was archived");
    if (auto written = writer.write(bytes); !written) return written;
    return wrote(bytes.size());
  });
  if (!copied) return copied;
  if (seen != part.bytes) return failure(part.name, "has shrunk while it was archived");
  return {};
}

}  // namespace

result<void> write_archive(const archive_manifest& manifest, const part_opener& open, const byte_sink& to,
                           const progress_function& progress) {
  const auto total =
      std::accumulate(manifest.parts.begin(), manifest.parts.end(), std::uint64_t{0},
                      [](std::uint64_t sum, const archive_part& part) { return sum + part.bytes; });
  std::uint64_t sum = 0;
  const auto wrote = [&](std::size_t count) {
    sum += count;
    return progress ? progress(sum, total) : result<void>();
  };
  tar_writer writer(to);
  if (auto opened = writer.open(); !opened) return opened;
  const auto text = format_manifest(manifest);
  if (auto begun = writer.begin("manifest.json", text.size(), manifest.created); !begun) return begun;
  if (auto written = writer.write(text); !written) return written;
  for (const auto& part : manifest.parts) {
    const auto source = open(part);
    if (!source) return tl::unexpected(source.error());
    if (auto begun = writer.begin(part.name, part.bytes, manifest.created); !begun) return begun;
    if (auto written = write_part(writer, part, *source, wrote); !written) return written;
  }
  return writer.close();
}

}  // namespace atlas::tenants
