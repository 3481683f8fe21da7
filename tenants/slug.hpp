#pragma once

#include <string>
#include <string_view>

namespace atlas::tenants {

// The short name of an organisation in paths and on the command line: lower case letters, digits and dashes,
// beginning and ending with a letter or digit, at most 40 characters.
bool is_slug(std::string_view text);
// "Acme Corp." → "acme-corp"; empty when nothing of the name can stay.
std::string slug_of(std::string_view name);

}  // namespace atlas::tenants
