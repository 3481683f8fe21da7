#pragma once

#include "core/error.hpp"

#include <filesystem>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace atlas::tenants {

// Files that hold secrets. `where` of every error is the path.

// All of the file; an error when it is larger than `max_bytes`.
result<std::string> read_file(const std::filesystem::path& file, std::size_t max_bytes);
// Written beside its place, synced and renamed: a reader sees the old text or the new one, never a part.
result<void> write_private_file(const std::filesystem::path& file, std::string_view text, mode_t mode = 0600);
// Creates the folder and the missing ones above it, mode 0700.
result<void> make_private_directory(const std::filesystem::path& directory);

// Holds a lock on a folder until it is destroyed, so that two commands do not change it at the same time.
class directory_lock {
 public:
  static result<directory_lock> acquire(const std::filesystem::path& directory);
  ~directory_lock();
  directory_lock(directory_lock&& other) noexcept;
  directory_lock& operator=(directory_lock&&) = delete;

 private:
  explicit directory_lock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace atlas::tenants
