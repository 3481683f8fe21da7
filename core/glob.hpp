#pragma once

#include <string_view>

namespace atlas {

// Whether the text is what the pattern says, where each "*" stands for any text, also none. Takes no
// more steps than the product of both lengths, and does not allocate.
bool matches_glob(std::string_view pattern, std::string_view text);

}  // namespace atlas
