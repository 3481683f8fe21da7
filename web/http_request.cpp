#include "web/http_request.hpp"

#include "web/problem.hpp"

#include <iterator>

namespace atlas::web {

namespace {

namespace http = boost::beast::http;

constexpr std::ptrdiff_t max_headers = 100;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

method method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get: return method::get;
    case http::verb::head: return method::head;
    case http::verb::post: return method::post;
    case http::verb::patch: return method::patch;
    case http::verb::delete_: return method::delete_;
    default: return method::other;  // of a library's enum with thirty more
  }
}

template <class Name>
std::string joined(const http::fields& fields, const Name& name, std::string_view separator) {
  std::string all;
  const auto [first, last] = fields.equal_range(name);
  for (auto one = first; one != last; ++one) {
    all += all.empty() ? std::string_view() : separator;
    all += view(one->value());
  }
  return all;
}

std::optional<std::string> single(const http::fields& fields, http::field name) {
  const auto found = fields.find(name);
  return found == fields.end() ? std::nullopt : std::optional(std::string(view(found->value())));
}

}  // namespace

tl::expected<request, response> request_of(const request_parser& parser) {
  const auto& header = parser.get().base();
  if (std::distance(header.begin(), header.end()) > max_headers) {
    return tl::unexpected(problem(431, "the request has too many headers"));
  }
  if (header.count(http::field::host) != 1 &&
      (header.version() >= 11 || header.count(http::field::host) > 1)) {
    return tl::unexpected(problem(400, "the request must have one Host header"));
  }
  if (header.count(http::field::authorization) > 1 || header.count(http::field::origin) > 1) {
    return tl::unexpected(problem(400, "a header came twice"));
  }
  if (header.count(http::field::transfer_encoding) > 0 && !parser.chunked()) {
    return tl::unexpected(problem(501, "the only transfer coding known here is chunked"));
  }
  if (header.count(http::field::content_encoding) > 0) {
    return tl::unexpected(problem(415, "a body must come as it is, without Content-Encoding"));
  }
  auto target = parse_target(view(header.target()));
  if (!target) {
    return tl::unexpected(
        problem(400, target.error().where + " " + target.error().what, target.error().where));
  }
  request made;
  made.verb = method_of(header.method());
  made.target = std::move(*target);
  made.host = single(header, http::field::host).value_or("");
  made.origin = single(header, http::field::origin);
  made.authorization = single(header, http::field::authorization);
  made.cookie = joined(header, http::field::cookie, "; ");
  made.content_type = single(header, http::field::content_type).value_or("");
  made.accept_encoding = single(header, http::field::accept_encoding).value_or("");
  made.if_none_match = single(header, http::field::if_none_match).value_or("");
  made.user_agent = single(header, http::field::user_agent).value_or("");
  return made;
}

forwarding forwarding_of(const request_parser& parser) {
  const auto& header = parser.get().base();
  return {joined(header, "X-Forwarded-For", ", "), joined(header, "X-Forwarded-Proto", ", ")};
}

response malformed(const boost::system::error_code& why) {
  if (why == http::error::header_limit || why == http::error::buffer_overflow) {
    return problem(431, "the request line and headers are too long");
  }
  if (why == http::error::body_limit) {
    return problem(413, "the body is too long");
  }
  return problem(400, "this is not an HTTP/1.1 request");
}

}  // namespace atlas::web
