#include "tenants/cli/passphrase.hpp"

#include "tenants/cli/output.hpp"
#include "tenants/private_file.hpp"

#include <fmt/format.h>

namespace atlas::cli {

namespace {

constexpr std::size_t least_bytes = 8;
constexpr std::size_t most_bytes = 1'024;

}  // namespace

tl::expected<std::optional<std::string>, int> read_passphrase(context& ctx, const arguments& args) {
  const auto file = args.value("passphrase-file");
  if (!file) return std::nullopt;
  std::string text;
  if (*file == "-") {
    text = read_line(ctx).value_or(std::string());
  } else {
    auto read = tenants::read_file(*file, most_bytes + 2);
    if (!read) return tl::unexpected(report(ctx, read.error()));
    text = read->substr(0, read->find_first_of("\r\n"));
  }
  if (text.size() < least_bytes || text.size() > most_bytes) {
    return tl::unexpected(
        report(ctx,
               error{"--passphrase-file",
                     fmt::format("its first line must have {} to {} bytes", least_bytes, most_bytes)},
               usage));
  }
  return text;
}

}  // namespace atlas::cli
