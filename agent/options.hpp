#pragma once

#include "agent/config.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace atlas::agent {

struct options {
  std::string config_file;  // empty: the default one, if it is there
  std::string root = "/";
  std::string enroll_url;  // empty: do not enrol
  std::string token_file;  // "-" for standard input
  bool help = false;
  bool version = false;
  bool once = false;
  bool verbose = false;
  settings said;
};

// `arguments` without the program's name. `where` of an error is the flag.
tl::expected<options, config_errors> parse_options(const std::vector<std::string>& arguments);

extern const std::string_view help_text;

}  // namespace atlas::agent
