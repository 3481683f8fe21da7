#pragma once

#include "web/response.hpp"

#include <string_view>

namespace atlas::web {

// An error as RFC 9457 has it: {"type":"about:blank","title","status","detail"}, and `parameter` when one
// parameter or member of the request is to blame.
response problem(unsigned status, std::string_view detail, std::string_view parameter = {});

}  // namespace atlas::web
