#include "web/cookies.hpp"

#include <fmt/format.h>

namespace atlas::web {

std::optional<std::string_view> find_cookie(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    auto pair = header.substr(0, header.find(';'));
    header.remove_prefix(std::min(header.size(), pair.size() + 1));
    pair.remove_prefix(std::min(pair.size(), pair.find_first_not_of(' ')));
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
      return pair.substr(name.size() + 1);
    }
  }
  return std::nullopt;
}

std::string session_cookie_name(std::string_view org_id) {
  return fmt::format("atlas_session_{}", org_id.substr(0, 8));
}

std::string session_cookie(std::string_view name, std::string_view secret, bool secure) {
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict{}", name, secret, secure ? "; Secure" : "");
}

std::string expired_cookie(std::string_view name, bool secure) {
  return session_cookie(name, "", secure) + "; Max-Age=0";
}

}  // namespace atlas::web
