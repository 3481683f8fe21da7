#pragma once

#include "agent/config.hpp"

#include <string>
#include <string_view>

namespace atlas::agent {

// The settings of a configuration file, a JSON object with the names of `settings`. Paths in it are relative
// to the file's folder. An unknown key is a mistake; every mistake is reported with its JSON path.
tl::expected<settings, config_errors> parse_config_file(std::string_view json, const std::string& path);

tl::expected<settings, config_errors> load_config_file(const std::string& path);

// Whether others than its owner may read the file.
bool is_readable_by_others(const std::string& path);

}  // namespace atlas::agent
