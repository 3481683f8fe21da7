// Who is logged in, and ending it.
#include "core/json_text.hpp"
#include "web/people_json.hpp"
#include "web/problem.hpp"
#include "web/routes.hpp"

namespace atlas::web::routes {

namespace {

// An administrator sees everyone's, others their own. An API token has none.
std::optional<std::string> whose(const principal& who) {
  return who.granted == role::admin ? std::nullopt : std::optional(who.name);
}

void append_time(std::string& out, std::string_view member, unix_ms value) {
  out += member;
  append_json_integer(out, to_int(value));
}

void append_session(std::string& out, const session_info& one, bool is_present) {
  out += R"({"id":)";
  append_json_string(out, one.id);
  out += R"(,"user":)";
  append_json_string(out, one.user);
  out += R"(,"role":)";
  append_json_string(out, to_string(one.granted));
  append_time(out, R"(,"created":)", one.created);
  append_time(out, R"(,"last_seen":)", one.last_seen);
  append_time(out, R"(,"expires":)", one.expires);
  out += R"(,"address":)";
  append_json_string(out, one.address);
  out += R"(,"user_agent":)";
  append_json_string(out, one.user_agent);
  out += R"(,"current":)";
  out += is_present ? "true}" : "false}";
}

response listed(const result<std::vector<session_info>>& found, std::string_view present) {
  if (!found) {
    return store_trouble(found.error());
  }
  std::string body = R"({"sessions":[)";
  for (const auto& one : *found) {
    body += &one == &found->front() ? "" : ",";
    append_session(body, one, one.id == present);
  }
  body += "]}";
  return json_response(std::move(body));
}

}  // namespace

void sessions(site& where, const request& asked, const respond& reply) {
  where.staff.list_sessions(whose(*asked.who), [reply, present = asked.who->session](
                                                   const result<std::vector<session_info>>& found) {
    reply(listed(found, present));
  });
}

void end_session(site& where, const request& asked, const respond& reply) {
  where.staff.end_session(actor_of(asked), asked.captures.at(0), whose(*asked.who),
                          [reply](const result<bool>& ended) {
                            if (!ended) {
                              return reply(store_trouble(ended.error()));
                            }
                            reply(*ended ? no_content() : problem(404, "there is no such session"));
                          });
}

}  // namespace atlas::web::routes
