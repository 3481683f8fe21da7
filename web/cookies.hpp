#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace atlas::web {

// The value of the first cookie of this name in a Cookie header.
std::optional<std::string_view> find_cookie(std::string_view header, std::string_view name);

// "atlas_session_<first 8 of the organisation's uuid>": browsers send cookies to every port of a host, so
// organisations on one machine need names of their own.
std::string session_cookie_name(std::string_view org_id);

// A Set-Cookie value that scripts cannot read and that other sites' requests do not carry. `secure` under
// TLS.
std::string session_cookie(std::string_view name, std::string_view secret, bool secure);
std::string expired_cookie(std::string_view name, bool secure);

}  // namespace atlas::web
