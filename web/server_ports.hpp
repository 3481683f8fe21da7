#pragma once

#include "web/alert_desk.hpp"
#include "web/host_desk.hpp"
#include "web/label_port.hpp"
#include "web/notify_port.hpp"
#include "web/people.hpp"
#include "web/ports.hpp"
#include "web/settings_port.hpp"

namespace atlas::web {

// What a server calls; all outlive it.
struct server_ports {
  authenticator& auth;
  enroller& desk;
  people& staff;
  service& backend;
  alert_desk& alerts;
  messenger& messages;
  settings_port& settings;
  host_desk& questions;
  label_port& labels;
};

}  // namespace atlas::web
