#pragma once

#include "tenants/archive/manifest.hpp"
#include "tenants/archive/stream.hpp"

#include <functional>

namespace atlas::tenants {

// An archive: a tar file compressed with zstd, which `tar --zstd -x` unpacks too; manifest.json first, then
// the parts that it names.

using part_opener = std::function<result<byte_source>(const archive_part& part)>;
// Writes an archive. A part that is longer or shorter than the manifest says is an error.
result<void> write_archive(const archive_manifest& manifest, const part_opener& open, const byte_sink& to,
                           const progress_function& progress);

// Where the reader asks; each may refuse.
struct archive_visitor {
  std::function<result<void>(const archive_manifest& manifest)> begin;
  std::function<result<byte_sink>(const archive_part& part)> open;
  progress_function progress;
};
// Reads an archive of unknown origin: takes nothing but regular files of the names, the order, the lengths
// and the SHA-256 of its manifest, and refuses what is packed unbelievably tight. What the sinks were given
// counts for nothing until the manifest comes back. `where` of an error is `name` or the part.
result<archive_manifest> read_archive(const byte_source& from, const std::string& name,
                                      const archive_visitor& visitor);

}  // namespace atlas::tenants
