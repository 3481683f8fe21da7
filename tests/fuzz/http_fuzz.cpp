// Bytes of an HTTP client, up to the handlers: the request is read, admitted and answered as on a connection.
#include "tests/fuzz/site.hpp"
#include "web/forwarded.hpp"
#include "web/http_request.hpp"
#include "web/router.hpp"

#include <boost/asio/buffer.hpp>

using namespace atlas;

namespace {

fuzz::handlers_site& shared() {
  static fuzz::handlers_site all;
  return all;
}

void answer(web::request& asked, fuzz::handlers_site& all) {
  const auto admitted = web::admit(*all.where, asked);
  if (admitted.to == nullptr) {
    fuzz::check_response(admitted.refusal);
    fuzz::require(admitted.refusal.status >= 400);
    return;
  }
  // Nobody gets further without what the route asks for.
  fuzz::require(admitted.to->least == web::access::open || asked.who.has_value());
  fuzz::require(admitted.to->least != web::access::admin || asked.who->granted == role::admin);
  int answers = 0;
  admitted.to->run(*all.where, asked, [&](const web::response& given) {
    ++answers;
    fuzz::check_response(given);
  });
  fuzz::require(answers == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto& all = shared();
  all.auth.sessions = {{"s", {"administer", role::admin, "id"}}};
  all.where->logins = {};
  all.staff.changes.clear();
  web::request_parser parser;
  parser.header_limit(static_cast<std::uint32_t>(all.where->options.max_header_bytes));
  parser.body_limit(all.where->options.max_body_bytes);
  parser.eager(true);
  boost::system::error_code failed;
  const auto used = parser.put(boost::asio::buffer(data, size), failed);
  if (failed && failed != boost::beast::http::error::need_more) {
    fuzz::check_response(web::malformed(failed));
    return 0;
  }
  if (!parser.is_header_done()) {
    return 0;
  }
  auto asked = web::request_of(parser);
  if (!asked) {
    fuzz::check_response(asked.error());
    return 0;
  }
  const auto told = web::forwarding_of(parser);
  static const std::vector<ip_network> proxies{ip_network::parse("10.0.0.0/8").value()};
  asked->remote = web::find_asker("10.0.0.1", false, told.addresses, told.proto, proxies).remote;
  fuzz::require(ip_address::parse(asked->remote).has_value());
  asked->body = parser.get().body();
  answer(*asked, all);
  (void)used;
  return 0;
}
