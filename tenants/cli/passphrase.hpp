#pragma once

#include "tenants/cli/arguments.hpp"

#include <optional>
#include <string>

namespace atlas::cli {

inline constexpr flag passphrase_flag{
    "passphrase-file", "FILE",
    "the file is encrypted with the first line of this one; '-' is standard input"};

// What --passphrase-file names, or nothing without it. Reports what is wrong; the error is the exit code.
tl::expected<std::optional<std::string>, int> read_passphrase(context& ctx, const arguments& args);

}  // namespace atlas::cli
