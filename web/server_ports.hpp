#pragma once

#include "web/people.hpp"
#include "web/ports.hpp"

namespace atlas::web {

// What a server calls; all outlive it.
struct server_ports {
  authenticator& auth;
  enroller& desk;
  people& staff;
  service& backend;
};

}  // namespace atlas::web
