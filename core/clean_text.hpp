#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace atlas {

// Text from elsewhere, fit for the wire and for a terminal: bytes that are not UTF-8 and control characters
// become '?', at most `max_bytes`, cut between characters.
std::string clean_text(std::string_view text, std::size_t max_bytes);

}  // namespace atlas
