#include "tests/fuzz/site.hpp"

namespace atlas::fuzz {

namespace {

std::shared_ptr<web::site> make_site(handlers_site& made) {
  web::server_options options;
  options.agent_files.add({"install.sh", "text/x-shellscript; charset=utf-8", "#!/bin/sh\n"});
  auto where = std::make_shared<web::site>(
      options, web::testing::acme(), made.hosts, made.samples,
      web::server_ports{made.auth, made.desk, made.staff, made.backend, made.alerts, made.messages,
                        made.settings, made.questions, made.labels});
  where->feed = std::make_shared<web::live_feed>(made.io, web::live_feed_options{}, where->brand, made.hosts,
                                                 where->watchers, made.backend);
  return where;
}

}  // namespace

handlers_site::handlers_site() : hosts(fleet_rules{}), backend([](const host_id&) { return false; }) {
  auth.tokens["afa_viewer"] = {"view", role::viewer, {}};
  auth.tokens["afa_operator"] = {"operate", role::operator_, {}};
  auth.tokens["afa_admin"] = {"administer", role::admin, {}};
  where = make_site(*this);
  fleet_effects effects;
  const auto now = web::testing::now_ms();
  for (const auto* name : {"web-1", "db-1"}) {
    const auto value = web::testing::sample_at(now, 50);
    hosts.apply(sample_received{web::testing::host(name), value}, now, effects);
    samples.append(web::testing::host(name), value);
  }
}

void check_response(const web::response& given) {
  require(given.status >= 200 && given.status < 600);
  const auto head = web::response_head(given, {});
  // One empty line, at the end: no value breaks out of its line.
  require(head.find("\r\n\r\n") == head.size() - 4);
  for (std::size_t at = head.find('\n'); at != std::string::npos; at = head.find('\n', at + 1)) {
    require(at > 0 && head[at - 1] == '\r');
  }
  if (given.content_type.starts_with("application/json") ||
      given.content_type.starts_with("application/problem+json")) {
    require(nlohmann::json::accept(given.body()));
  }
}

}  // namespace atlas::fuzz
