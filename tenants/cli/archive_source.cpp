#include "tenants/cli/archive_source.hpp"

#include "tenants/archive/cipher.hpp"

#include <filesystem>
#include <istream>
#include <span>
#include <utility>

namespace atlas::cli {

namespace fs = std::filesystem;

namespace {

tenants::byte_source read_stream(std::istream& in) {
  return [&in](std::span<char> buffer) -> result<std::size_t> {
    in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    return static_cast<std::size_t>(in.gcount());
  };
}

// The error is the exit code.
tl::expected<tenants::byte_source, int> open_file(context& ctx, const std::string& file) {
  if (file == "-") return read_stream(ctx.in);
  std::error_code ignored;
  if (!fs::exists(file, ignored)) {
    return tl::unexpected(report(ctx, error{file, "there is no such file"}, not_found));
  }
  auto opened = tenants::read_file_from(file);
  if (!opened) return tl::unexpected(report(ctx, opened.error()));
  return *std::move(opened);
}

}  // namespace

std::string shown_name(const std::string& file) { return file == "-" ? "standard input" : file; }

tl::expected<tenants::byte_source, int> open_archive(context& ctx, const std::string& file,
                                                     const std::optional<std::string>& passphrase) {
  auto opened = open_file(ctx, file);
  if (!opened) return opened;
  auto looked = tenants::look_into(*std::move(opened));
  if (!looked) return tl::unexpected(report(ctx, looked.error()));
  if (looked->is_encrypted && !passphrase) {
    return tl::unexpected(
        report(ctx, error{shown_name(file), "is encrypted: --passphrase-file names its passphrase"}, usage));
  }
  if (!looked->is_encrypted && passphrase) {
    return tl::unexpected(report(
        ctx, error{shown_name(file), "is not encrypted, so it is not the file that you mean"}, refused));
  }
  if (!looked->is_encrypted) return std::move(looked->source);
  return tenants::decrypt(std::move(looked->source), *passphrase, shown_name(file));
}

}  // namespace atlas::cli
