#pragma once

#include <string>
#include <string_view>

namespace atlas::notify {

// Standard base64 with padding, in lines of 76 characters that end with CR LF; `columns` 0: in one line.
std::string base64(std::string_view bytes, std::size_t columns = 0);

// Text for a header: as it is when it is printable ASCII and short, else words of RFC 2047 in UTF-8, joined
// by `between` (in a mail a line break and a blank). Never a control character but those of `between`.
std::string encoded_words(std::string_view text, std::string_view between);

}  // namespace atlas::notify
