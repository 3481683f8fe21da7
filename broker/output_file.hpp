#pragma once

#include "core/error.hpp"

#include <filesystem>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace atlas::broker {

struct file_owner {
  uid_t uid;
  gid_t gid;
};

// A new text for a file, written beside its place, read back and compared; commit() renames it. Gone without
// a trace when it is not committed. A file that has the text, mode and owner already is left alone.
class staged_file {
 public:
  static result<staged_file> create(std::filesystem::path target, std::string_view text, mode_t mode,
                                    file_owner owner);
  ~staged_file();
  staged_file(staged_file&& other) noexcept;
  staged_file& operator=(staged_file&&) = delete;

  const std::filesystem::path& target() const { return target_; }
  // Where the text is now: the target itself when nothing is to change.
  const std::filesystem::path& path() const { return temporary_.empty() ? target_ : temporary_; }
  bool changes_text() const { return changes_text_; }
  result<void> commit();

 private:
  explicit staged_file(std::filesystem::path target) : target_(std::move(target)) {}

  std::filesystem::path target_;
  std::filesystem::path temporary_;  // empty when there is nothing to rename
  bool changes_text_ = false;
};

// The whole text; empty when there is no such file. `where` of the error is the path.
result<std::string> read_if_there(const std::filesystem::path& file);

// Makes a folder that is missing (its parents 0700) and gives it this mode and owner.
result<void> make_folder(const std::filesystem::path& dir, mode_t mode, file_owner owner);

// Makes an empty file that is missing, and gives it this owner.
result<void> make_owned_file(const std::filesystem::path& file, mode_t mode, file_owner owner);

// One at a time changes the folder: waits for its turn, gives it back at the end of its life.
class folder_lock {
 public:
  static result<folder_lock> acquire(const std::filesystem::path& dir);
  ~folder_lock();
  folder_lock(folder_lock&& other) noexcept;
  folder_lock& operator=(folder_lock&&) = delete;

 private:
  explicit folder_lock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace atlas::broker
