#include "tenants/cli/org_archive.hpp"

#include "tenants/archive/cipher.hpp"
#include "tenants/archive/pack.hpp"
#include "tenants/cli/output.hpp"
#include "tenants/cli/passphrase.hpp"
#include "tenants/cli/progress_line.hpp"

#include <filesystem>
#include <optional>
#include <ostream>
#include <span>

#include <fmt/format.h>
#include <unistd.h>

namespace atlas::cli {

namespace fs = std::filesystem;

namespace {

using tenants::archive_manifest;

std::string_view action_of(archive_manifest::purpose kind) {
  switch (kind) {
    case archive_manifest::purpose::backup: return "org.backup";
    case archive_manifest::purpose::move: return "org.export";
  }
  return "";
}

json describe(const archive_manifest& manifest, const std::string& file, std::uint64_t bytes) {
  auto parts = json::array();
  for (const auto& part : manifest.parts) {
    parts.push_back({{"name", part.name}, {"bytes", part.bytes}, {"sha256", part.sha256}});
  }
  return {{"file", file},
          {"bytes", bytes},
          {"slug", manifest.slug},
          {"organization", manifest.organization.text()},
          {"created", to_int(manifest.created)},
          {"schema", manifest.schema},
          {"parts", std::move(parts)}};
}

// Where the archive goes: a file that is not there yet, or standard output.
class destination {
 public:
  destination(context& ctx, const std::string& word) : ctx_(ctx), word_(word) {}

  bool is_stdout() const { return word_ == "-"; }
  // A folder with room for a copy of the database: where the archive itself has room, if it can be.
  fs::path work_folder() const {
    if (is_stdout()) return ctx_.root.path() / "tenants";
    const fs::path file = word_;
    return file.has_parent_path() ? file.parent_path() : fs::path(".");
  }
  result<void> open() {
    if (is_stdout()) return {};
    auto made = tenants::pending_file::create(word_);
    if (!made) return tl::unexpected(made.error());
    file_.emplace(*std::move(made));
    return {};
  }
  tenants::byte_sink sink() {
    auto next = file_ ? file_->sink() : [this](std::span<const char> bytes) -> result<void> {
      ctx_.out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
      return ctx_.out ? result<void>() : failure("standard output", "cannot be written");
    };
    return [this, next = std::move(next)](std::span<const char> bytes) {
      bytes_ += bytes.size();
      return next(bytes);
    };
  }
  std::uint64_t bytes() const { return bytes_; }
  result<void> finish(bool overwrite) {
    if (file_) return file_->put_in_place(overwrite);
    ctx_.out.flush();
    return ctx_.out ? result<void>() : failure("standard output", "cannot be written");
  }

 private:
  context& ctx_;
  const std::string& word_;
  std::optional<tenants::pending_file> file_;
  std::uint64_t bytes_ = 0;
};

// What must hold before anything is read. `done` when it does.
int check_target(context& ctx, const std::string& file, bool force) {
  if (file == "-") {
    if (!ctx.interactive || ::isatty(STDOUT_FILENO) == 0) return done;
    return report(ctx, error{"-", "standard output is a terminal: send it into a file or a program"}, usage);
  }
  std::error_code ignored;
  if (fs::is_directory(file, ignored)) return report(ctx, error{file, "is a folder; name a file"}, usage);
  if (!force && fs::exists(fs::symlink_status(file, ignored))) {
    return report(ctx, error{file, "is there already; --force replaces it"}, refused);
  }
  return done;
}

void print(context& ctx, const archive_manifest& manifest, const std::string& file, std::uint64_t bytes,
           bool is_encrypted) {
  auto summary = describe(manifest, file, bytes);
  summary["encrypted"] = is_encrypted;
  if (ctx.json) {
    // Beside the archive itself there is no place for it.
    (file == "-" ? ctx.err : ctx.out) << summary.dump(2) << '\n';
    return;
  }
  auto& out = file == "-" ? ctx.err : ctx.out;
  out << fmt::format("Wrote {} ({} as of {}, {:.1f} MB).\n", file == "-" ? "the archive" : file,
                     manifest.name, format_time(manifest.created), static_cast<double>(bytes) / 1e6);
  if (is_encrypted) {
    out << "It is encrypted: nobody can read it without the passphrase, you neither.\n";
    return;
  }
  out << (manifest.find("ca.key") != nullptr
              ? "It holds the organisation's API key and the key of this installation's CA: whoever reads it "
                "can pose as\nany host of the organisation, and as the broker of every organisation here. "
                "Keep it as you keep a password.\n"
              : "It holds the organisation's API key: keep it as you keep a password.\n");
}

result<void> write_packed(const tenants::packed_organization& packed,
                          const std::optional<std::string>& passphrase, const tenants::byte_sink& to,
                          const tenants::progress_function& progress) {
  if (!passphrase) return packed.write(to, progress);
  auto cipher = tenants::encryptor::start(*passphrase, to);
  if (!cipher) return tl::unexpected(cipher.error());
  if (auto written = packed.write(cipher->sink(), progress); !written) return written;
  return cipher->finish();
}

}  // namespace

int write_archive(context& ctx, const arguments& args, archive_manifest::purpose kind) {
  const auto& file = args.word(1);
  if (const auto code = check_target(ctx, file, args.has("force")); code != done) return code;
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  const auto passphrase = read_passphrase(ctx, args);
  if (!passphrase) return passphrase.error();
  std::error_code ignored;
  if (args.has("with-ca") && (org->config.broker.ca_file || !fs::exists(ctx.root.ca_key_file(), ignored))) {
    return report(
        ctx,
        error{ctx.root.ca_key_file().string(),
              "is not there: the broker's certificate comes from elsewhere, so leave out --with-ca"},
        refused);
  }
  auto registry = open_registry(ctx, *org);
  if (!registry) return registry.error();

  const signals_held held;
  progress_line line(ctx);
  destination target(ctx, file);
  if (auto opened = target.open(); !opened) return report(ctx, opened.error());
  const tenants::pack_request request{
      .kind = kind, .with_ca_key = args.has("with-ca"), .work_folder = target.work_folder(), .now = now()};
  const auto packed =
      tenants::packed_organization::gather(ctx.root, *org, request, line.show("copying", held));
  if (!packed) return report(ctx, packed.error());
  // A file counts once it has its name; what goes through standard output is gone with its first byte.
  const auto write = [&] {
    return write_packed(*packed, *passphrase, target.sink(), line.show("packing", held));
  };
  if (!target.is_stdout()) {
    if (auto written = write(); !written) return report(ctx, written.error());
  }
  const auto finished = registry->recorded(action_of(kind), "to " + file, [&]() -> result<void> {
    return target.is_stdout() ? result<void>() : target.finish(args.has("force"));
  });
  if (!finished) return report(ctx, finished.error());
  if (target.is_stdout()) {
    if (auto written = write(); !written) return report(ctx, written.error());
    if (auto flushed = target.finish(false); !flushed) return report(ctx, flushed.error());
  }
  print(ctx, packed->manifest(), file, target.bytes(), passphrase->has_value());
  return done;
}

}  // namespace atlas::cli
