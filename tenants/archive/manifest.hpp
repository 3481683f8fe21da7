#pragma once

#include "core/error.hpp"
#include "core/org_id.hpp"
#include "core/unix_time.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace atlas::tenants {

// One file within an archive of an organisation.
struct archive_part {
  std::string name;  // one of archive_part_names()
  std::uint64_t bytes = 0;
  std::string sha256;  // hexadecimal, lower case
};

// What an archive says of itself: its first entry, manifest.json.
struct archive_manifest {
  enum class purpose { backup, move };

  purpose kind = purpose::backup;
  org_id organization;
  std::string name;
  std::string slug;
  unix_ms created{};
  std::string program;              // version of the program that made it
  std::uint32_t schema = 0;         // of fleet.db
  std::vector<archive_part> parts;  // in the order of the archive

  const archive_part* find(std::string_view part) const;  // null when it is not there
};

// The version of the format that this program writes, and the newest that it reads.
inline constexpr std::uint64_t archive_format = 1;
inline constexpr std::size_t max_manifest_bytes = 16 * 1024;

// Every part that an archive may have, in the order in which they come.
std::vector<std::string_view> archive_part_names();

std::string format_manifest(const archive_manifest& manifest);
// `where` of an error is "manifest.json: <JSON pointer>". A newer format is an error that says so.
result<archive_manifest> parse_manifest(std::string_view text);

}  // namespace atlas::tenants
