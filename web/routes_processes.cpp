// What runs on a host now: asked of the host itself, stored nowhere.
#include "core/json_text.hpp"
#include "web/named_host.hpp"
#include "web/problem.hpp"
#include "web/routes.hpp"

#include <chrono>
#include <utility>

namespace atlas::web::routes {

namespace {

response processes_response(const host_id& host, const processes_reply& reply) {
  if (reply.problem) {
    return problem(502, "the host cannot tell: " + *reply.problem);
  }
  std::string body = R"({"host":)";
  append_json_string(body, host.text());
  body += R"(,"ts":)";
  append_json_integer(body, to_int(std::chrono::floor<milliseconds>(std::chrono::system_clock::now())));
  body += R"(,"processes":[)";
  for (const auto& one : reply.processes) {
    if (!body.ends_with('[')) {
      body += ',';
    }
    append_process(body, one);
  }
  return json_response(body + "]}");
}

response failed(host_desk::failure why) {
  switch (why) {
    case host_desk::failure::busy: {
      auto made = problem(503, "too many hosts are being asked, or the broker is away: try again shortly");
      made.headers.emplace_back("Retry-After", "5");
      return made;
    }
    case host_desk::failure::no_answer:
      return problem(504, "the host has not answered within 10 seconds: its agent may be too old to");
  }
  return problem(500, "");
}

}  // namespace

void processes(site& where, const request& asked, const respond& reply) {
  const auto* found = find_host(where, asked, reply);
  if (found == nullptr) {
    return;
  }
  if (found->presence.presence != host_presence::online) {
    return reply(problem(409, "the host is not online", "id"));
  }
  where.questions.list_processes(
      found->id, [reply, host = found->id](const tl::expected<processes_reply, host_desk::failure>& said) {
        reply(said ? processes_response(host, *said) : failed(said.error()));
      });
}

}  // namespace atlas::web::routes
