#pragma once

#include "core/fleet.hpp"
#include "core/history.hpp"
#include "web/host_counts.hpp"
#include "web/login_limit.hpp"
#include "web/server_options.hpp"
#include "web/server_ports.hpp"
#include "web/static_files.hpp"

#include <cstddef>
#include <memory>
#include <string>

namespace atlas::web {

class live_feed;
class view_feed;

// What the handlers of one server share. Loop thread. Once `stopped`, the references must not be used.
struct site : std::enable_shared_from_this<site> {
  site(const server_options& given, branding shown, const fleet& known, const history& kept,
       const server_ports& ports);

  server_options options;
  branding brand;
  const fleet& hosts;
  const history& samples;
  authenticator& auth;
  enroller& desk;
  people& staff;
  service& backend;
  alert_desk& alerts;
  messenger& messages;
  settings_port& settings;
  host_desk& questions;
  label_port& labels;

  std::string cookie_name;
  std::string content_security_policy;
  static_files files;
  host_counts watchers;  // who looks closely, over both feeds
  std::shared_ptr<live_feed> feed;
  std::shared_ptr<view_feed> views;
  server_counters counters;
  login_limit logins;
  std::size_t waiting_logins = 0;
  bool stopped = false;

  // The feeds are told by whoever calls.
  void take(branding shown);
  bool has_room_for_live() const { return counters.live_clients < options.max_live_clients; }
};

// Scripts, styles and connections of the page's own origin only; nothing inline; images from anywhere that
// is encrypted, for the logo, and from the logo's own origin.
std::string content_security_policy(const branding& brand);

}  // namespace atlas::web
