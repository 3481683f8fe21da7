#pragma once

#include "core/error.hpp"
#include "web/alert_desk.hpp"

#include <cstddef>
#include <string_view>

namespace atlas::web {

// {"rule":"cpu","days":7,"host":"web-*","warning":90,"critical":null,"margin":5,"hold_seconds":30}: all but
// the rule may be left out, which leaves what is set now. `where` of an error is the JSON pointer.
result<dry_run_question> parse_dry_run(std::string_view body, std::size_t max_bytes);

}  // namespace atlas::web
