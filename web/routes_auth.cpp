#include "core/json_object.hpp"
#include "core/json_text.hpp"
#include "core/role.hpp"
#include "web/cookies.hpp"
#include "web/people_json.hpp"
#include "web/problem.hpp"
#include "web/routes.hpp"

#include <chrono>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace atlas::web::routes {

namespace {

using login_outcome = result<std::optional<login_result>>;

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

// What a login leads to for the next one.
void note(site& where, std::string_view remote, std::string_view name, const login_outcome& outcome) {
  if (!outcome) {
    ++where.counters.logins_unchecked;
    where.logins.undecided(remote, name);
  } else if (*outcome) {
    ++where.counters.logins_accepted;
    where.logins.succeeded(remote, name, std::chrono::steady_clock::now());
  } else {
    ++where.counters.logins_refused;
  }
}

response logged_in(const site& where, bool encrypted, const login_outcome& outcome) {
  if (!outcome) {
    return store_trouble(outcome.error());
  }
  if (!*outcome) {
    return problem(401, "the user name or the password is wrong");
  }
  auto made = describe((*outcome)->who);
  made.headers.emplace_back("Set-Cookie",
                            session_cookie(where.cookie_name, (*outcome)->session_secret, encrypted));
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
    ++where.counters.logins_limited;
    return reply(too_many("too many logins are being checked", login_limit::seconds{1}));
  }
  if (const auto wait = where.logins.admit(asked.remote, name, std::chrono::steady_clock::now())) {
    ++where.counters.logins_limited;
    return reply(too_many("too many attempts", *wait));
  }
  ++where.waiting_logins;
  where.auth.login({name, std::move(password), asked.remote, asked.user_agent},
                   [self = where.shared_from_this(), reply, name, remote = asked.remote,
                    encrypted = asked.encrypted](const login_outcome& outcome) {
                     --self->waiting_logins;
                     note(*self, remote, name, outcome);
                     reply(logged_in(*self, encrypted, outcome));
                   });
}

void logout(site& where, const request& asked, const respond& reply) {
  if (asked.proof.how == credential::kind::session) {
    where.auth.logout(actor_of(asked), asked.proof.secret);
  }
  auto made = no_content();
  made.headers.emplace_back("Set-Cookie", expired_cookie(where.cookie_name, asked.encrypted));
  reply(std::move(made));
}

void me(site&, const request& asked, const respond& reply) { reply(describe(*asked.who)); }

}  // namespace atlas::web::routes
