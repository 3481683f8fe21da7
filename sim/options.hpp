#pragma once

#include "core/error.hpp"
#include "core/unix_time.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace atlas::sim {

// Paho waits with select(), which takes no file number above 1,023; each host has one connection.
inline constexpr std::uint32_t max_hosts = 900;

struct options {
  std::optional<std::filesystem::path> root;
  std::string org;
  std::uint32_t hosts = 10;
  std::string prefix = "sim-";
  bool add = false;
  milliseconds interval{10'000};
  std::optional<milliseconds> duration;  // none: until a signal
  double speed = 1;
  std::optional<std::filesystem::path> trace_file;
  bool loop = false;
  std::optional<std::string> server_url;
  std::uint64_t seed = 1;
  bool json = false;
  bool help = false;
  bool version = false;
};

std::string help_text();
// `where` of an error is the flag.
result<options> parse_options(const std::vector<std::string>& arguments);

}  // namespace atlas::sim
