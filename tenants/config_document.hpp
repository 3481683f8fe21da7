#pragma once

#include "core/error.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace atlas::tenants {

using json = nlohmann::ordered_json;

// "$.server" and "port" → "$.server.port"; a key that is no plain word is put into brackets.
std::string json_path(std::string_view parent, std::string_view key);

// What a message may show of a value: JSON, at most 40 characters.
std::string shown_value(const json& value);

// The root object of a configuration file, or null when the text is no such thing. Appends what is wrong with
// the text, without a file name: syntax with line and column, keys that stand twice with their path.
json parse_document(std::string_view text, std::vector<error>& mistakes);

}  // namespace atlas::tenants
