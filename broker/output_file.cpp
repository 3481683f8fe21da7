#include "broker/output_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace atlas::broker {

namespace {

tl::unexpected<error> system_failure(const std::filesystem::path& where, std::string_view what) {
  return failure(where.string(), std::string(what) + ": " + std::strerror(errno));
}

struct descriptor {
  int fd;
  ~descriptor() {
    if (fd >= 0) close(fd);
  }
};

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool has_owner(const struct stat& status, file_owner owner) {
  return status.st_uid == owner.uid && status.st_gid == owner.gid;
}

// Only root can give a file away; another user's files are its own from the start.
bool give(int fd, file_owner owner) { return geteuid() != 0 || fchown(fd, owner.uid, owner.gid) == 0; }

void sync_folder(const std::filesystem::path& dir) {
  const descriptor folder{open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (folder.fd >= 0) fsync(folder.fd);
}

}  // namespace

result<std::string> read_if_there(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return std::string{};
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (!stream || (stream.peek() != std::ifstream::traits_type::eof() && !(text << stream.rdbuf()))) {
    return failure(file.string(), "cannot be read; is it yours?");
  }
  return std::move(text).str();
}

result<staged_file> staged_file::create(std::filesystem::path target, std::string_view text, mode_t mode,
                                        file_owner owner) {
  staged_file file(std::move(target));
  const auto present = read_if_there(file.target_);
  struct stat status{};
  const bool is_there = lstat(file.target_.c_str(), &status) == 0;
  file.changes_text_ = !is_there || !present || *present != text;
  const bool is_right = is_there && S_ISREG(status.st_mode) && (status.st_mode & 07777) == mode &&
                        (geteuid() != 0 || has_owner(status, owner));
  if (!file.changes_text_ && is_right) return file;

  auto name = file.target_.string() + ".new-XXXXXX";
  const descriptor out{mkostemp(name.data(), O_CLOEXEC)};
  if (out.fd < 0) return system_failure(file.target_, "cannot be written");
  file.temporary_ = name;
  if (!write_all(out.fd, text) || !give(out.fd, owner) || fchmod(out.fd, mode) != 0 || fsync(out.fd) != 0) {
    return system_failure(file.target_, "cannot be written");
  }
  const auto written = read_if_there(file.temporary_);
  if (!written || *written != text) {
    return failure(file.target_.string(), "reads back differently from what was written; is the disk sound?");
  }
  return file;
}

staged_file::~staged_file() {
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

staged_file::staged_file(staged_file&& other) noexcept
    : target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})),
      changes_text_(other.changes_text_) {}

result<void> staged_file::commit() {
  if (temporary_.empty()) return {};
  if (rename(temporary_.c_str(), target_.c_str()) != 0) return system_failure(target_, "cannot be replaced");
  temporary_.clear();
  sync_folder(target_.parent_path());
  return {};
}

result<void> make_folder(const std::filesystem::path& dir, mode_t mode, file_owner owner) {
  struct stat status{};
  if (stat(dir.c_str(), &status) != 0) {
    const auto parent = dir.parent_path();
    if (parent != dir && stat(parent.c_str(), &status) != 0) {
      if (auto made = make_folder(parent, 0700, {geteuid(), getegid()}); !made) return made;
    }
    if (mkdir(dir.c_str(), mode) != 0 && errno != EEXIST) return system_failure(dir, "cannot be made");
  }
  const descriptor folder{open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
  if (folder.fd < 0 || fstat(folder.fd, &status) != 0) return system_failure(dir, "cannot be opened");
  if (!has_owner(status, owner) && !give(folder.fd, owner)) {
    return system_failure(dir, "cannot be given to the broker's user");
  }
  if ((status.st_mode & 07777) != mode && fchmod(folder.fd, mode) != 0) {
    return system_failure(dir, "its mode cannot be set");
  }
  return {};
}

result<void> make_owned_file(const std::filesystem::path& file, mode_t mode, file_owner owner) {
  const descriptor made{open(file.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, mode)};
  struct stat status{};
  if (made.fd < 0 || fstat(made.fd, &status) != 0) return system_failure(file, "cannot be written");
  if (!has_owner(status, owner) && !give(made.fd, owner)) {
    return system_failure(file, "cannot be given to the broker's user");
  }
  return {};
}

result<folder_lock> folder_lock::acquire(const std::filesystem::path& dir) {
  if (auto made = make_folder(dir, 0755, {geteuid(), getegid()}); !made) {
    return tl::unexpected<error>(made.error());
  }
  const auto path = dir / ".lock";
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return system_failure(path, "cannot be opened");
  folder_lock lock(fd);
  while (flock(fd, LOCK_EX) != 0) {
    if (errno != EINTR) return system_failure(path, "cannot be locked");
  }
  return lock;
}

folder_lock::~folder_lock() {
  if (fd_ >= 0) close(fd_);
}

folder_lock::folder_lock(folder_lock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

}  // namespace atlas::broker
