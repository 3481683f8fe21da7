#pragma once

#include "tenants/archive/manifest.hpp"
#include "tenants/cli/arguments.hpp"

namespace atlas::cli {

// What `backup` and `org export` share: an organisation's archive.

// Writes the archive that args.word(0), an organisation, and args.word(1), a file or "-", name. Returns the
// exit code.
int write_archive(context& ctx, const arguments& args, tenants::archive_manifest::purpose kind);

// The flags that both take.
inline constexpr flag force_flag{"force", "", "replace FILE when it is there already"};
inline constexpr flag with_ca_flag{
    "with-ca", "",
    "put the key of this installation's CA in too: agents trust no server that has another CA"};
// Of `restore` and `org import`.
inline constexpr flag new_ca_flag{
    "new-ca", "", "also where the CA is another one: every agent then needs a new configuration"};

}  // namespace atlas::cli
