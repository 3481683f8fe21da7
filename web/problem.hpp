#pragma once

#include "core/error.hpp"
#include "web/response.hpp"

#include <chrono>
#include <string_view>

namespace atlas::web {

// An error as RFC 9457 has it: {"type":"about:blank","title","status","detail"}, and `parameter` when one
// parameter or member of the request is to blame.
response problem(unsigned status, std::string_view detail, std::string_view parameter = {});

// 400 for a body that json_object has found a mistake in.
response bad_body(const error& mistake);

// 503 with Retry-After for a store that did not answer, or has too much to do.
response store_trouble(const error& trouble);

// 429 with Retry-After for what has been tried too often.
response too_many(std::string_view what, std::chrono::seconds wait);

}  // namespace atlas::web
