#pragma once

#include "core/error.hpp"

#include <csignal>
#include <filesystem>
#include <string_view>
#include <vector>

namespace atlas::cli {

// How a new organisation's folder comes into being: as a whole or not at all.

// Ctrl-C waits until the files are as a whole.
class signals_held {
 public:
  signals_held();
  ~signals_held();
  signals_held(const signals_held&) = delete;
  signals_held& operator=(const signals_held&) = delete;

  // An error when one waits: long work is to stop and clean up then.
  result<void> check() const;

 private:
  sigset_t before_{};
};

// Folders that did not exist before go again, as long as they are empty, unless keep() was called.
class new_folders {
 public:
  new_folders() = default;
  ~new_folders();
  new_folders(const new_folders&) = delete;
  new_folders& operator=(const new_folders&) = delete;

  result<void> make(const std::filesystem::path& folder);
  void keep() { made_.clear(); }

 private:
  std::vector<std::filesystem::path> made_;  // the deepest first
};

// The new organisation's folder before it has its name; gone again unless it was renamed.
class hidden_folder {
 public:
  static result<hidden_folder> make(const std::filesystem::path& beside, std::string_view slug);
  ~hidden_folder();
  hidden_folder(hidden_folder&& other) noexcept;
  hidden_folder& operator=(hidden_folder&&) = delete;

  const std::filesystem::path& path() const { return path_; }
  // There must be nothing in its place yet.
  result<void> rename_to(const std::filesystem::path& folder);
  // Both folders change their places in one step; the one that was there goes with this object.
  result<void> exchange_with(const std::filesystem::path& folder);

 private:
  explicit hidden_folder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;  // empty when it has its name
};

}  // namespace atlas::cli
