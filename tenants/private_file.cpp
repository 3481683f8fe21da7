#include "tenants/private_file.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace atlas::tenants {

namespace {

tl::unexpected<error> system_failure(const std::filesystem::path& path, std::string_view verb) {
  return failure(path.string(), fmt::format("cannot {}: {}", verb, std::generic_category().message(errno)));
}

// Closes on leaving the scope.
class descriptor {
 public:
  explicit descriptor(int value) : value_(value) {}
  ~descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  int get() const { return value_; }
  int release() { return std::exchange(value_, -1); }

 private:
  int value_;
};

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// A rename is durable once its folder is.
void sync_directory(const std::filesystem::path& directory) {
  const descriptor folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() >= 0) ::fsync(folder.get());
}

}  // namespace

result<std::string> read_file(const std::filesystem::path& file, std::size_t max_bytes) {
  const descriptor source(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (source.get() < 0) return system_failure(file, "be read");
  std::string text;
  std::array<char, 1 << 14> block;
  for (;;) {
    const auto count = ::read(source.get(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_failure(file, "be read");
    if (count == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(count));
    if (text.size() > max_bytes) {
      return failure(file.string(), fmt::format("is larger than {} bytes", max_bytes));
    }
  }
}

result<void> write_private_file(const std::filesystem::path& file, std::string_view text, mode_t mode) {
  // mkstemp makes the name unique and the file private from its first moment.
  auto temporary = file.string() + ".XXXXXX";
  const descriptor target(::mkostemp(temporary.data(), O_CLOEXEC));
  if (target.get() < 0) return system_failure(file, "be written");
  const bool complete = ::fchmod(target.get(), mode) == 0 && write_all(target.get(), text) &&
                        ::fsync(target.get()) == 0 && ::rename(temporary.c_str(), file.c_str()) == 0;
  if (!complete) {
    auto problem = system_failure(file, "be written");
    ::unlink(temporary.c_str());
    return problem;
  }
  sync_directory(file.has_parent_path() ? file.parent_path() : std::filesystem::path("."));
  return {};
}

result<void> make_private_directory(const std::filesystem::path& directory) {
  if (::mkdir(directory.c_str(), 0700) == 0) return {};
  std::error_code ignored;
  if (errno == EEXIST && std::filesystem::is_directory(directory, ignored)) return {};
  if (errno == ENOENT && directory.has_relative_path()) {
    if (auto above = make_private_directory(directory.parent_path()); !above) return above;
    if (::mkdir(directory.c_str(), 0700) == 0) return {};
  }
  return system_failure(directory, "be created");
}

result<directory_lock> directory_lock::acquire(const std::filesystem::path& directory) {
  descriptor folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0) return system_failure(directory, "be opened");
  while (::flock(folder.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return system_failure(directory, "be locked");
  }
  return directory_lock(folder.release());
}

directory_lock::directory_lock(directory_lock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

directory_lock::~directory_lock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace atlas::tenants
