#pragma once

#include "web/request.hpp"
#include "web/response.hpp"
#include "web/site.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atlas::web {

// The least that a request must prove.
enum class access { open, viewer, operator_, admin };

std::string_view to_string(access value);  // "open", "viewer", …

using handler = void (*)(site& where, const request& asked, const respond& reply);

struct route {
  method verb;               // HEAD is served by GET
  std::string_view pattern;  // "{id}" takes one segment, a last "*" takes the rest
  access least;
  handler run;
  bool takes_json = false;  // its body must be JSON
  bool upgrades = false;    // a WebSocket
};

// Every route of the server.
std::span<const route> all_routes();

struct admission {
  const route* to = nullptr;  // not null: run it
  response refusal;           // otherwise
};

// Finds the route of a request whose header has come and checks everything that does not need its body:
// 404, 405, 401, 403, 415. Sets `captures`, `who` and `proof` of `asked`.
admission admit(site& where, request& asked);

// Whether a credential still opens what it opened; its principal then.
std::optional<principal> find_principal(authenticator& auth, const credential& proof);

}  // namespace atlas::web
