#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace atlas {

// Whether the text is what the pattern says, where each "*" stands for any text, also none. Takes no
// more steps than the product of both lengths, and does not allocate.
bool matches_glob(std::string_view pattern, std::string_view text);

// The same for a pattern that may be left out: an empty one fits all.
bool fits_pattern(std::string_view pattern, std::string_view text);
// Whether it fits one of the texts; an empty one fits also where there are none.
bool fits_any(std::string_view pattern, const std::vector<std::string>& texts);

}  // namespace atlas
