#pragma once

#include "core/error.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace atlas::ingest {

struct options {
  std::string org;  // slug, name or UUID
  std::optional<std::filesystem::path> root;
  std::filesystem::path ui_dir;
  std::filesystem::path agents_dir;
  bool routes = false;  // only print the table of routes
  bool verbose = false;
  bool help = false;
  bool version = false;
};

// `arguments` without the program's name; `where` of an error is "command line".
result<options> parse_options(const std::vector<std::string>& arguments);
std::string help_text();

}  // namespace atlas::ingest
