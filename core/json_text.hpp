#pragma once

#include "core/unix_time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atlas {

// Writing JSON without a document tree: each appends one value to `out`, always valid JSON.

// Quoted and escaped; bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);
// ["…","…"]
void append_json_strings(std::string& out, const std::vector<std::string>& texts);
// At most two decimals, no exponent below 1e15; `null` when it is not finite.
void append_json_number(std::string& out, double value);
void append_json_integer(std::string& out, std::int64_t value);
void append_json_integer(std::string& out, std::uint64_t value);
// In ms; `null` when there is none.
void append_json_time(std::string& out, const std::optional<unix_ms>& value);

}  // namespace atlas
