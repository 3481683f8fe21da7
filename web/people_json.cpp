#include "web/people_json.hpp"

#include "web/problem.hpp"

#include <utility>

namespace atlas::web {

actor actor_of(const request& asked) { return {asked.who ? asked.who->name : std::string{}, asked.remote}; }

std::optional<role> read_role(json_object& body, std::string_view member) {
  if (!body.has(member)) {
    return std::nullopt;
  }
  constexpr std::size_t longest_role = 16;
  const auto word = body.text(member, longest_role);
  const auto named = parse_role(word);
  if (!named) {
    body.add_mistake(member, named.error().what);
    return std::nullopt;
  }
  return *named;
}

response refused(const people_refusal& refusal) {
  using reason = people_refusal::reason;
  switch (refusal.why) {
    case reason::unknown: return problem(404, refusal.what);
    case reason::conflict: return problem(409, refusal.what);
    case reason::invalid: return problem(400, refusal.what, refusal.member);
    case reason::wrong_password: return problem(403, refusal.what, refusal.member);
  }
  return problem(500, "the answer is not known");
}

people::answer<people::outcome<people::nothing>> answer_without_content(respond reply) {
  return [reply = std::move(reply)](const result<people::outcome<people::nothing>>& outcome) {
    if (!outcome) {
      return reply(store_trouble(outcome.error()));
    }
    reply(*outcome ? no_content() : refused(outcome->error()));
  };
}

}  // namespace atlas::web
