#include "web/site.hpp"

#include "web/cookies.hpp"
#include "web/url.hpp"

#include <utility>

#include <fmt/format.h>

namespace atlas::web {

site::site(const server_options& given, branding shown, const fleet& known, const history& kept,
           const server_ports& ports)
    : options(given),
      brand(std::move(shown)),
      hosts(known),
      samples(kept),
      auth(ports.auth),
      desk(ports.desk),
      staff(ports.staff),
      backend(ports.backend),
      alerts(ports.alerts),
      messages(ports.messages),
      settings(ports.settings),
      questions(ports.questions),
      labels(ports.labels),
      cookie_name(session_cookie_name(brand.org_id)),
      content_security_policy(web::content_security_policy(brand)) {}

void site::take(branding shown) {
  brand = std::move(shown);
  content_security_policy = web::content_security_policy(brand);
}

std::string content_security_policy(const branding& brand) {
  std::string logo;
  if (brand.logo_url && brand.logo_url->starts_with("http://")) {
    const auto authority = authority_of(*brand.logo_url);
    // Nothing that could end the directive.
    if (authority && authority->find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                  "0123456789.:-[]") == std::string_view::npos) {
      logo = fmt::format(" http://{}", *authority);
    }
  }
  return fmt::format(
      "default-src 'self'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: "
      "https:{}; "
      "object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
      logo);
}

}  // namespace atlas::web
