#pragma once

#include "tenants/archive/stream.hpp"
#include "tenants/cli/command.hpp"

#include <optional>
#include <string>

#include <tl/expected.hpp>

namespace atlas::cli {

// What errors call an archive: its path, or "standard input" for "-".
std::string shown_name(const std::string& file);

// The plain bytes of an archive, decrypted with the passphrase when there is one. Reports what is wrong; the
// error is the exit code.
tl::expected<tenants::byte_source, int> open_archive(context& ctx, const std::string& file,
                                                     const std::optional<std::string>& passphrase);

}  // namespace atlas::cli
