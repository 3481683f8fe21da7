#include "tenants/cli/new_folder.hpp"

#include "tenants/private_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

namespace atlas::cli {

namespace fs = std::filesystem;

namespace {

constexpr int held_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};

}  // namespace

signals_held::signals_held() {
  sigset_t held;
  ::sigemptyset(&held);
  for (const int number : held_signals) ::sigaddset(&held, number);
  ::sigprocmask(SIG_BLOCK, &held, &before_);
}

signals_held::~signals_held() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }

result<void> signals_held::check() const {
  sigset_t waiting;
  if (::sigpending(&waiting) != 0) return {};
  for (const int number : held_signals) {
    if (::sigismember(&waiting, number) == 1) return failure("stopped", "nothing was changed");
  }
  return {};
}

result<void> new_folders::make(const fs::path& folder) {
  std::error_code ignored;
  for (auto missing = folder; !missing.empty() && !fs::exists(missing, ignored);
       missing = missing.parent_path()) {
    made_.push_back(missing);
  }
  return tenants::make_private_directory(folder);
}

new_folders::~new_folders() {
  std::error_code ignored;
  for (const auto& folder : made_) fs::remove(folder, ignored);
}

result<hidden_folder> hidden_folder::make(const fs::path& beside, std::string_view slug) {
  auto name = (beside / fmt::format(".new-{}-XXXXXX", slug)).string();
  if (::mkdtemp(name.data()) == nullptr) return failure(beside.string(), "cannot be written to");
  return hidden_folder(name);
}

hidden_folder::~hidden_folder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

hidden_folder::hidden_folder(hidden_folder&& other) noexcept : path_(std::move(other.path_)) {
  other.path_.clear();
}

result<void> hidden_folder::rename_to(const fs::path& folder) {
  std::error_code problem;
  fs::rename(path_, folder, problem);
  if (problem) return failure(folder.string(), "cannot be made: " + problem.message());
  path_.clear();
  return {};
}

result<void> hidden_folder::exchange_with(const fs::path& folder) {
  if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, folder.c_str(), RENAME_EXCHANGE) == 0) return {};
  if (errno != EINVAL && errno != ENOSYS) {
    return failure(folder.string(), "cannot be replaced: " + std::generic_category().message(errno));
  }
  // A file system that cannot do both at once.
  const fs::path aside = path_.string() + ".before";
  std::error_code problem;
  fs::rename(folder, aside, problem);
  if (!problem) {
    fs::rename(path_, folder, problem);
    std::error_code ignored;
    fs::rename(aside, problem ? folder : path_, ignored);
  }
  if (problem) return failure(folder.string(), "cannot be replaced: " + problem.message());
  return {};
}

}  // namespace atlas::cli
