#pragma once

#include "core/fleet.hpp"
#include "web/request.hpp"
#include "web/response.hpp"
#include "web/site.hpp"

namespace atlas::web {

response no_such_host();  // 404

// The host that the first {id} of the path names, or null after a 404.
const host_state* find_host(const site& where, const request& asked, const respond& reply);

}  // namespace atlas::web
