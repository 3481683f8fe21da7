#include "web/named_host.hpp"

#include "web/problem.hpp"

namespace atlas::web {

response no_such_host() { return problem(404, "there is no host of this id", "id"); }

const host_state* find_host(const site& where, const request& asked, const respond& reply) {
  const auto id = host_id::parse(asked.captures.at(0));
  const auto* found = id ? where.hosts.find(*id) : nullptr;
  if (found == nullptr) {
    reply(no_such_host());
  }
  return found;
}

}  // namespace atlas::web
