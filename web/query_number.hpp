#pragma once

#include "core/error.hpp"
#include "web/request.hpp"

#include <cstdint>
#include <string_view>

namespace atlas::web {

inline constexpr std::int64_t latest_time = 4'102'444'800'000;  // ms: 2100-01-01

// A parameter of the query that is a whole number of `least` to `most`, or `absent` when it is not there;
// `where` of the error is its name.
result<std::int64_t> whole_number(const request& asked, std::string_view name, std::int64_t absent,
                                  std::int64_t least, std::int64_t most);

}  // namespace atlas::web
