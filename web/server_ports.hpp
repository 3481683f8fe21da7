#pragma once

#include "web/alert_desk.hpp"
#include "web/notify_port.hpp"
#include "web/people.hpp"
#include "web/ports.hpp"

namespace atlas::web {

// What a server calls; all outlive it.
struct server_ports {
  authenticator& auth;
  enroller& desk;
  people& staff;
  service& backend;
  alert_desk& alerts;
  messenger& messages;
};

}  // namespace atlas::web
