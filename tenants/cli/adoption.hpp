#pragma once

#include "tenants/cli/command.hpp"

#include <optional>
#include <string>
#include <vector>

namespace atlas::cli {

// What `restore` and `org import` share: an organisation comes out of an archive.
struct adoption_terms {
  struct change {
    std::string key;  // of tenant.json
    std::string value;
    std::string flag;  // that says so
  };

  bool is_move = false;                            // from another server
  bool replace = false;                            // the organisation of the same id that is here
  bool new_ca = false;                             // also into a root whose CA its agents do not trust
  std::optional<std::string> slug = std::nullopt;  // none: the archive's
  std::vector<change> changes{};
  std::optional<std::string> passphrase = std::nullopt;
};

// Checks the archive, a file or "-", as a whole, and then puts the organisation into its place and into the
// broker's files. Returns the exit code; with another one than `done` or a complaint about the broker,
// nothing has changed.
int adopt_archive(context& ctx, const std::string& file, const adoption_terms& terms);

}  // namespace atlas::cli
