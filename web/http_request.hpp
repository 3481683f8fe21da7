#pragma once

#include "web/request.hpp"
#include "web/response.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <tl/expected.hpp>

namespace atlas::web {

using request_parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

// The request whose header has been read; its body comes later. Refuses what RFC 9112 leaves open to be read
// in two ways, such as two Host headers.
tl::expected<request, response> request_of(const request_parser& parser);

// What proxies on the way have added, joined by ", ".
struct forwarding {
  std::string addresses;  // X-Forwarded-For
  std::string proto;      // X-Forwarded-Proto
};
forwarding forwarding_of(const request_parser& parser);

// The answer to input that is no HTTP request within the limits.
response malformed(const boost::system::error_code& why);

}  // namespace atlas::web
