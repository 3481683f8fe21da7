#include "core/role.hpp"

namespace atlas {

std::string_view to_string(role value) {
  switch (value) {
    case role::viewer: return "viewer";
    case role::operator_: return "operator";
    case role::admin: return "admin";
  }
  return "";
}

result<role> parse_role(std::string_view text) {
  for (const role value : {role::viewer, role::operator_, role::admin}) {
    if (text == to_string(value)) {
      return value;
    }
  }
  return failure("role", "must be viewer, operator or admin");
}

}  // namespace atlas
