#pragma once

#include <string>
#include <string_view>

namespace atlas {

// SHA-256 in hexadecimal, lower case, as sha256sum prints it.
std::string sha256_hex(std::string_view bytes);

}  // namespace atlas
