#include "agent/secret_file.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace atlas::agent {

namespace {

tl::unexpected<error> file_failure(const std::string& path) {
  return failure(path, "cannot be written: " + std::generic_category().message(errno));
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(file, text.data(), text.size());
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(file) == 0;
}

// A rename lasts once its folder does.
void sync_folder(const std::string& path) {
  const auto slash = path.rfind('/');
  const auto folder = slash == std::string::npos ? std::string(".") : path.substr(0, slash + 1);
  const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) return;
  ::fsync(opened);
  ::close(opened);
}

}  // namespace

result<void> write_secret_file(const std::string& path, std::string_view text) {
  if (const auto slash = path.rfind('/'); slash != std::string::npos && slash > 0) {
    const auto folder = path.substr(0, slash);
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return file_failure(folder);
  }
  const auto beside = path + ".new";
  ::unlink(beside.c_str());
  const int file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return file_failure(beside);
  const bool written = write_all(file, text);
  const int why = errno;
  ::close(file);
  errno = why;
  if (!written || ::rename(beside.c_str(), path.c_str()) != 0) {
    auto failed = file_failure(path);
    ::unlink(beside.c_str());
    return failed;
  }
  sync_folder(path);
  return {};
}

}  // namespace atlas::agent
