#pragma once

#include "tests/unit/web/running_server.hpp"

#include <string>

namespace atlas::web::testing {

// <name>.pem and <name>.key, self-signed for localhost; `days` may be negative.
void make_certificate(const temporary_folder& folder, const std::string& name, int days);

}  // namespace atlas::web::testing
