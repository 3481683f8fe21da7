#include "agent/small_file.hpp"

#include "agent/text.hpp"

#include <algorithm>
#include <cerrno>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

namespace atlas::agent {

namespace {
constexpr std::size_t first_size = 4096;
constexpr std::size_t max_size = 1024 * 1024;
}  // namespace

std::optional<std::string_view> small_file::read(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  if (buffer_.empty()) buffer_.resize(first_size);
  std::size_t size = 0;
  ssize_t got = 0;
  do {
    if (size == buffer_.size()) {
      if (size >= max_size) break;
      buffer_.resize(size * 2);
    }
    got = ::read(file, buffer_.data() + size, buffer_.size() - size);
    if (got > 0) size += static_cast<std::size_t>(got);
  } while (got > 0 || (got < 0 && errno == EINTR));
  ::close(file);
  if (got < 0) return std::nullopt;
  return std::string_view(buffer_.data(), size);
}

std::optional<std::int64_t> small_file::number(const std::string& path) {
  const auto text = read(path);
  return text ? to_number<std::int64_t>(trimmed(*text)) : std::nullopt;
}

std::string small_file::line(const std::string& path) {
  auto text = read(path).value_or(std::string_view());
  return std::string(trimmed(take_line(text)));
}

std::vector<std::string> folder_names(const std::string& path) {
  std::vector<std::string> names;
  DIR* const folder = ::opendir(path.c_str());
  if (folder == nullptr) return names;
  while (const dirent* entry = ::readdir(folder)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  ::closedir(folder);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace atlas::agent
