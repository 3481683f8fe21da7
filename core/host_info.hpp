#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace atlas {

// The inventory of a host, retained on …/info. Every member is optional on the wire; texts are at most 256
// bytes, lists at most 64 elements.
struct host_info {
  std::string os;       // "linux" or "macos"
  std::string version;  // "Debian GNU/Linux 12 (bookworm)", "14.5"
  std::string kernel;
  std::string model;  // machine or CPU model
  std::string arch;   // "x86_64", "arm64"
  std::uint64_t cores = 0;
  std::uint64_t memory = 0;  // bytes
  std::string agent_version;
  std::string hostname;
  std::vector<std::string> tags;
  std::vector<std::string> addresses;
  friend bool operator==(const host_info&, const host_info&) = default;
};

// At most 16 KiB of JSON with members of the same names; unknown members are ignored.
result<host_info> parse_host_info(std::string_view payload);
std::string format_host_info(const host_info& value);

}  // namespace atlas
