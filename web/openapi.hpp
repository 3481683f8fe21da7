#pragma once

#include <string_view>

namespace atlas::web {

// web/openapi.json with this program's version; {cookie} stands for the name of the session's cookie.
extern const std::string_view openapi_document;

}  // namespace atlas::web
