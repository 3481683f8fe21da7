#include "tenants/archive/stream.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace atlas::tenants {

namespace {

tl::unexpected<error> system_failure(const std::string& name, std::string_view verb) {
  return failure(name, fmt::format("cannot {}: {}", verb, std::generic_category().message(errno)));
}

result<void> write_all(int descriptor, const std::string& name, std::span<const char> bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_failure(name, "be written");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

std::shared_ptr<const int> owned_descriptor(int descriptor) {
  return {new int(descriptor), [](const int* value) {
            if (*value >= 0) ::close(*value);
            delete value;
          }};
}

byte_source read_from(int descriptor, std::string name) {
  return [descriptor, name = std::move(name)](std::span<char> buffer) -> result<std::size_t> {
    for (;;) {
      const auto count = ::read(descriptor, buffer.data(), buffer.size());
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) return system_failure(name, "be read");
    }
  };
}

byte_sink write_to(int descriptor, std::string name) {
  return [descriptor, name = std::move(name)](std::span<const char> bytes) {
    return write_all(descriptor, name, bytes);
  };
}

result<byte_source> read_file_from(const std::filesystem::path& file) {
  auto opened = owned_descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (*opened < 0) return system_failure(file.string(), "be read");
  struct stat status{};
  if (::fstat(*opened, &status) == 0 && S_ISDIR(status.st_mode)) {
    return failure(file.string(), "is a folder, not a file");
  }
  return [opened, read = read_from(*opened, file.string())](std::span<char> buffer) { return read(buffer); };
}

result<void> pump(const byte_source& source, const byte_sink& sink) {
  std::array<char, 1 << 16> buffer;
  for (;;) {
    const auto count = source(buffer);
    if (!count) return tl::unexpected(count.error());
    if (*count == 0) return {};
    if (auto written = sink(std::span(buffer).first(*count)); !written) return written;
  }
}

result<pending_file> pending_file::create(const std::filesystem::path& target) {
  auto temporary = target.string() + ".XXXXXX";
  const int descriptor = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (descriptor < 0) return system_failure(target.string(), "be written");
  return pending_file(target, temporary, descriptor);
}

pending_file::pending_file(std::filesystem::path target, std::filesystem::path temporary, int descriptor)
    : target_(std::move(target)),
      temporary_(std::move(temporary)),
      descriptor_(owned_descriptor(descriptor)) {}

pending_file::pending_file(pending_file&& other) noexcept
    : target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})),
      descriptor_(std::move(other.descriptor_)) {}

pending_file::~pending_file() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

byte_sink pending_file::sink() const {
  return [descriptor = descriptor_, name = target_.string()](std::span<const char> bytes) {
    return write_all(*descriptor, name, bytes);
  };
}

result<void> pending_file::put_in_place(bool overwrite) {
  if (::fsync(*descriptor_) != 0) return system_failure(target_.string(), "be written");
  // A link never replaces what is there; a rename does.
  const bool placed = overwrite ? ::rename(temporary_.c_str(), target_.c_str()) == 0
                                : ::link(temporary_.c_str(), target_.c_str()) == 0;
  if (!placed && errno == EEXIST) return failure(target_.string(), "is there already; --force replaces it");
  if (!placed && !overwrite && (errno == EPERM || errno == EOPNOTSUPP)) {
    // A file system without links, as of a USB stick.
    if (::access(target_.c_str(), F_OK) == 0) {
      return failure(target_.string(), "is there already; --force replaces it");
    }
    return put_in_place(true);
  }
  if (!placed) return system_failure(target_.string(), "be written");
  if (!overwrite) ::unlink(temporary_.c_str());
  temporary_.clear();
  const auto folder = target_.has_parent_path() ? target_.parent_path() : std::filesystem::path(".");
  const auto opened = owned_descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (*opened >= 0) ::fsync(*opened);
  return {};
}

}  // namespace atlas::tenants
