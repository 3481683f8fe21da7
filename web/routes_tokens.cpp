// API tokens; enrolment tokens are listed and revoked with them.
#include "core/json_object.hpp"
#include "core/json_text.hpp"
#include "web/people_json.hpp"
#include "web/problem.hpp"
#include "web/routes.hpp"

#include <utility>

namespace atlas::web::routes {

namespace {

constexpr std::size_t longest_label = 100;
constexpr std::uint64_t most_uses = 10'000;

void append_open_token(std::string& out, const token_info& one) {
  out += R"({"id":)";
  append_json_string(out, one.id);
  switch (one.what) {
    case token_info::kind::api:
      out += R"(,"kind":"api","role":)";
      append_json_string(out, to_string(one.granted));
      break;
    case token_info::kind::enrollment: out += R"(,"kind":"enroll")"; break;
  }
  out += R"(,"label":)";
  append_json_string(out, one.label);
  out += R"(,"created":)";
  append_json_integer(out, to_int(one.created));
  out += R"(,"expires":)";
  append_json_time(out, one.expires);
}

void append_token(std::string& out, const token_info& one) {
  append_open_token(out, one);
  out += '}';
}

// An API token unless the body says otherwise.
token_info::kind read_kind(json_object& body) {
  constexpr std::size_t longest_kind = 16;
  const auto word = body.text("kind", longest_kind);
  if (word == "enroll") {
    return token_info::kind::enrollment;
  }
  if (body.has("kind") && word != "api") {
    body.add_mistake("kind", "must be \"api\" or \"enroll\"");
  }
  return token_info::kind::api;
}

std::uint32_t read_uses(json_object& body) {
  if (!body.has("uses")) {
    return 1;
  }
  const auto uses = body.whole("uses");
  if (uses < 1 || uses > most_uses) {
    body.add_mistake("uses", "must be a whole number from 1 to 10000");
    return 1;
  }
  return static_cast<std::uint32_t>(uses);
}

new_token read_token(json_object& body) {
  new_token wanted;
  wanted.label = body.text("label", longest_label);
  wanted.what = read_kind(body);
  switch (wanted.what) {
    case token_info::kind::api:
      body.require("role");
      wanted.granted = read_role(body, "role").value_or(role::viewer);
      if (body.has("uses")) {
        body.add_mistake("uses", "is for enrolment tokens only");
      }
      break;
    case token_info::kind::enrollment:
      wanted.uses = read_uses(body);
      if (body.has("role")) {
        body.add_mistake("role",
                         "is for API tokens only: an enrolment token lets machines in, and nothing else");
      }
      break;
  }
  if (body.has("expires")) {
    wanted.expires = body.time("expires");
  }
  return wanted;
}

}  // namespace

void tokens(site& where, const request&, const respond& reply) {
  where.staff.list_tokens([reply](const result<std::vector<token_info>>& found) {
    reply(found ? list_response("tokens", *found, append_token) : store_trouble(found.error()));
  });
}

void make_token(site& where, const request& asked, const respond& reply) {
  json_object body(asked.body, where.options.max_body_bytes);
  auto wanted = read_token(body);
  if (body.mistake()) {
    return reply(bad_body(*body.mistake()));
  }
  where.staff.make_token(actor_of(asked), std::move(wanted),
                         [reply](const result<people::outcome<made_token>>& outcome) {
                           if (!outcome) {
                             return reply(store_trouble(outcome.error()));
                           }
                           if (!*outcome) {
                             return reply(refused(outcome->error()));
                           }
                           std::string text;
                           append_open_token(text, (*outcome)->shown);
                           if ((*outcome)->shown.what == token_info::kind::enrollment) {
                             text += R"(,"uses":)";
                             append_json_integer(text, std::uint64_t{(*outcome)->uses});
                           }
                           text += R"(,"token":)";
                           append_json_string(text, (*outcome)->secret);
                           text += '}';
                           reply(json_response(std::move(text), 201));
                         });
}

void revoke_token(site& where, const request& asked, const respond& reply) {
  where.staff.revoke_token(actor_of(asked), asked.captures.at(0), [reply](const result<bool>& revoked) {
    if (!revoked) {
      return reply(store_trouble(revoked.error()));
    }
    reply(*revoked ? no_content() : problem(404, "there is no token of this id"));
  });
}

}  // namespace atlas::web::routes
