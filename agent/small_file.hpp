#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atlas::agent {

// Reads small files, also those of /proc and /sys, whose size is only known by reading them. Keeps its buffer
// between reads.
class small_file {
 public:
  // All of the file, up to 1 MiB; nothing when it cannot be read. The view ends with the next read.
  std::optional<std::string_view> read(const std::string& path);
  // The file's one word, as a number.
  std::optional<std::int64_t> number(const std::string& path);
  // The file's first line without blanks around it, empty when it cannot be read.
  std::string line(const std::string& path);

 private:
  std::string buffer_;
};

// Names in a folder but "." and "..", sorted; empty when it cannot be read.
std::vector<std::string> folder_names(const std::string& path);

}  // namespace atlas::agent
