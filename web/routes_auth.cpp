#include "core/json_object.hpp"
#include "core/json_text.hpp"
#include "core/role.hpp"
#include "web/cookies.hpp"
#include "web/problem.hpp"
#include "web/routes.hpp"

namespace atlas::web::routes {

namespace {

constexpr std::size_t longest_name = 128;
constexpr std::size_t longest_password = 1024;

response describe(const principal& who) {
  std::string body = R"({"name":)";
  append_json_string(body, who.name);
  body += R"(,"role":)";
  append_json_string(body, to_string(who.granted));
  body += '}';
  return json_response(std::move(body));
}

response logged_in(const site& where, const result<std::optional<login_result>>& outcome) {
  if (!outcome) {
    auto made = problem(503, outcome.error().what);
    made.headers.emplace_back("Retry-After", "1");
    return made;
  }
  if (!*outcome) {
    return problem(401, "the user name or the password is wrong");
  }
  auto made = describe((*outcome)->who);
  made.headers.emplace_back("Set-Cookie",
                            session_cookie(where.cookie_name, (*outcome)->session_secret, where.tls));
  return made;
}

}  // namespace

void login(site& where, const request& asked, const respond& reply) {
  json_object body(asked.body, where.options.max_body_bytes);
  body.require("user");
  body.require("password");
  auto name = body.text("user", longest_name);
  auto password = body.text("password", longest_password);
  if (body.mistake()) {
    return reply(bad_body(*body.mistake()));
  }
  // Each waiting login costs a thread 0.1 s and tens of MiB.
  if (where.waiting_logins >= where.options.max_waiting_logins) {
    auto busy = problem(429, "too many logins are being checked: try again in a second");
    busy.headers.emplace_back("Retry-After", "1");
    return reply(std::move(busy));
  }
  ++where.waiting_logins;
  where.auth.login(std::move(name), std::move(password),
                   [self = where.shared_from_this(), reply](result<std::optional<login_result>> outcome) {
                     --self->waiting_logins;
                     reply(logged_in(*self, outcome));
                   });
}

void logout(site& where, const request& asked, const respond& reply) {
  if (asked.proof.how == credential::kind::session) {
    where.auth.logout(asked.proof.secret);
  }
  auto made = no_content();
  made.headers.emplace_back("Set-Cookie", expired_cookie(where.cookie_name, where.tls));
  reply(std::move(made));
}

void me(site&, const request& asked, const respond& reply) { reply(describe(*asked.who)); }

}  // namespace atlas::web::routes
