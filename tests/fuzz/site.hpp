#pragma once

#include "core/fleet.hpp"
#include "core/memory_history.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/unit/web/running_server.hpp"
#include "web/live_feed.hpp"
#include "web/response.hpp"
#include "web/site.hpp"

#include <memory>

namespace atlas::fuzz {

// What the handlers of the route table share, without sockets: a fleet of one host, and the credentials that
// tests/unit/web knows ("afa_viewer", …).
struct handlers_site {
  handlers_site();

  boost::asio::io_context io{1};
  fleet hosts;
  memory_history samples{100};
  web::testing::known_credentials auth;
  web::testing::one_token desk;
  web::testing::known_people staff;
  web::testing::watched_service backend;
  web::testing::known_alerts alerts{
      [](const alert_key&, const std::string&) -> web::alert_desk::outcome<alert> {
        return tl::make_unexpected(web::people_refusal{});
      }};
  web::testing::known_messages messages;
  web::testing::known_settings settings;
  web::testing::known_processes questions;
  web::testing::known_labels labels;
  std::shared_ptr<web::site> where;
};

// What holds for every answer: a status, whole lines, valid JSON where it says so.
void check_response(const web::response& given);

}  // namespace atlas::fuzz
