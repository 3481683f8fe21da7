#include "core/json_text.hpp"
#include "web/frame_json.hpp"
#include "web/host_list.hpp"
#include "web/people_json.hpp"
#include "web/problem.hpp"
#include "web/routes.hpp"

namespace atlas::web::routes {

namespace {

// The host that the path names, or null after a 404.
const host_state* find_host(site& where, const request& asked, const respond& reply) {
  const auto id = host_id::parse(asked.captures.at(0));
  const auto* found = id ? where.hosts.find(*id) : nullptr;
  if (found == nullptr) {
    reply(problem(404, "there is no host of this id", "id"));
  }
  return found;
}

}  // namespace

void hosts(site& where, const request& asked, const respond& reply) {
  const auto query = host_list_query::parse(asked.query());
  if (!query) {
    return reply(problem(400, query.error().where + " " + query.error().what, query.error().where));
  }
  const auto page = list_hosts(where.hosts.hosts(), *query);
  std::string body = R"({"hosts":[)";
  for (const auto* one : page.hosts) {
    if (body.back() != '[') {
      body += ',';
    }
    append_host(body, *one);
  }
  body += R"(],"next":)";
  if (page.next) {
    append_json_string(body, *page.next);
  } else {
    body += "null";
  }
  body += '}';
  reply(json_response(std::move(body)));
}

void host(site& where, const request& asked, const respond& reply) {
  const auto* found = find_host(where, asked, reply);
  if (found == nullptr) {
    return;
  }
  std::string body;
  append_open_host(body, *found);
  body += R"(,"alerts":)";
  append_alerts(body, where.hosts.firing_alerts(found->id));
  body += R"(,"metrics":)";
  char separator = '[';
  for (const auto& name : where.samples.metrics(found->id)) {
    body += separator;
    append_json_string(body, name);
    separator = ',';
  }
  body += separator == '[' ? "[]}" : "]}";
  reply(json_response(std::move(body)));
}

void remove_host(site& where, const request& asked, const respond& reply) {
  const auto* found = find_host(where, asked, reply);
  if (found == nullptr) {
    return;
  }
  const host_id id = found->id;  // the host's own copy goes with it
  reply(where.backend.remove_host(actor_of(asked), id) ? no_content()
                                                       : problem(404, "there is no host of this id", "id"));
}

}  // namespace atlas::web::routes
