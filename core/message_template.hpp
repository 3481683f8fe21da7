#pragma once

#include "core/error.hpp"

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace atlas {

// Message templates in the Mustache language, without what could undo the escaping or never end: no {{{ }}},
// {{& }}, {{= }} and {{> }}, sections nested at most twice, 16 KiB at most.
result<void> check_template(std::string_view text);

using escape_function = std::string (*)(const std::string& value);

// `view` is an object of texts, numbers, booleans, objects and lists of objects; each value that is put in
// goes through `escape`. At most 256 KiB come out, cut without a word. An error as of check_template().
result<std::string> render_template(std::string_view text, const nlohmann::json& view,
                                    escape_function escape);

// What may be given for `escape`.
std::string escape_nothing(const std::string& value);
std::string escape_html(const std::string& value);

}  // namespace atlas
