// The people of an organisation and their roles.
#include "core/json_object.hpp"
#include "core/json_text.hpp"
#include "web/cookies.hpp"
#include "web/people_json.hpp"
#include "web/problem.hpp"
#include "web/routes.hpp"

#include <chrono>
#include <utility>

namespace atlas::web::routes {

namespace {

constexpr std::size_t longest_name = 128;
constexpr std::size_t longest_password = 1024;

void append_user(std::string& out, const user_info& one) {
  out += R"({"name":)";
  append_json_string(out, one.name);
  out += R"(,"role":)";
  append_json_string(out, to_string(one.granted));
  out += R"(,"created":)";
  append_json_integer(out, to_int(one.created));
  out += '}';
}

}  // namespace

void users(site& where, const request&, const respond& reply) {
  where.staff.list_users([reply](const result<std::vector<user_info>>& found) {
    reply(found ? list_response("users", *found, append_user) : store_trouble(found.error()));
  });
}

void add_user(site& where, const request& asked, const respond& reply) {
  json_object body(asked.body, where.options.max_body_bytes);
  body.require("name");
  body.require("role");
  body.require("password");
  new_user wanted{body.text("name", longest_name), read_role(body, "role").value_or(role::viewer),
                  body.text("password", longest_password)};
  if (body.mistake()) {
    return reply(bad_body(*body.mistake()));
  }
  const user_info made{wanted.name, wanted.granted, {}};
  where.staff.add_user(actor_of(asked), std::move(wanted),
                       [reply, made](const result<people::outcome<people::nothing>>& outcome) {
                         if (!outcome) {
                           return reply(store_trouble(outcome.error()));
                         }
                         if (!*outcome) {
                           return reply(refused(outcome->error()));
                         }
                         std::string text = R"({"name":)";
                         append_json_string(text, made.name);
                         text += R"(,"role":)";
                         append_json_string(text, to_string(made.granted));
                         text += '}';
                         reply(json_response(std::move(text), 201));
                       });
}

void change_user(site& where, const request& asked, const respond& reply) {
  json_object body(asked.body, where.options.max_body_bytes);
  user_change wanted;
  wanted.granted = read_role(body, "role");
  if (body.has("password")) {
    wanted.password = body.text("password", longest_password);
  }
  if (!body.mistake() && !wanted.granted && !wanted.password) {
    body.add_mistake("role", "or password is needed");
  }
  if (body.mistake()) {
    return reply(bad_body(*body.mistake()));
  }
  where.staff.change_user(actor_of(asked), asked.captures.at(0), std::move(wanted),
                          answer_without_content(reply));
}

void remove_user(site& where, const request& asked, const respond& reply) {
  where.staff.remove_user(actor_of(asked), asked.captures.at(0), answer_without_content(reply));
}

void change_own_password(site& where, const request& asked, const respond& reply) {
  if (asked.who->session.empty()) {
    return reply(problem(403, "an API token has no password: log in as a person"));
  }
  json_object body(asked.body, where.options.max_body_bytes);
  body.require("current");
  body.require("new");
  auto present = body.text("current", longest_password);
  auto wanted = body.text("new", longest_password);
  if (body.mistake()) {
    return reply(bad_body(*body.mistake()));
  }
  // Whoever has found a cookie may guess here as little as at the login.
  if (const auto wait = where.logins.admit(asked.remote, asked.who->name, std::chrono::steady_clock::now())) {
    return reply(too_many("too many attempts", *wait));
  }
  where.staff.change_password(
      actor_of(asked), std::move(present), std::move(wanted),
      [self = where.shared_from_this(), reply, remote = asked.remote, encrypted = asked.encrypted,
       name = asked.who->name](const result<people::outcome<people::nothing>>& outcome) {
        using reason = people_refusal::reason;
        if (!outcome || (!*outcome && outcome->error().why != reason::wrong_password)) {
          self->logins.undecided(remote, name);
        } else if (*outcome) {
          self->logins.succeeded(remote, name, std::chrono::steady_clock::now());
        }
        if (!outcome) {
          return reply(store_trouble(outcome.error()));
        }
        if (!*outcome) {
          return reply(refused(outcome->error()));
        }
        auto made = no_content();
        made.headers.emplace_back("Set-Cookie", expired_cookie(self->cookie_name, encrypted));
        reply(std::move(made));
      });
}

}  // namespace atlas::web::routes
