#include "core/json_text.hpp"
#include "web/frame_json.hpp"
#include "web/problem.hpp"
#include "web/routes.hpp"

namespace atlas::web::routes {

void healthz(site&, const request&, const respond& reply) { reply(json_response(R"({"status":"ok"})")); }

void readyz(site& where, const request&, const respond& reply) {
  std::string checks;
  bool ready = true;
  for (const auto& check : where.backend.readiness()) {
    ready = ready && (check.ready || !check.required);
    checks += checks.empty() ? R"({"name":)" : R"(,{"name":)";
    append_json_string(checks, check.name);
    checks += check.ready ? R"(,"ready":true,"detail":)" : R"(,"ready":false,"detail":)";
    append_json_string(checks, check.detail);
    checks += '}';
  }
  std::string body = ready ? R"({"ready":true,"checks":[)" : R"({"ready":false,"checks":[)";
  body += checks + "]}";
  reply(json_response(std::move(body), ready ? 200 : 503));
}

void metrics(site& where, const request& asked, const respond& reply) {
  const auto hosts = asked.query().find("hosts").value_or("true");
  if (hosts != "true" && hosts != "false") {
    return reply(problem(400, "hosts must be true or false", "hosts"));
  }
  response made;
  made.content_type = "text/plain; version=0.0.4; charset=utf-8";
  made.text =
      where.backend.metrics_text(hosts == "true" ? metrics_scope::with_hosts : metrics_scope::without_hosts);
  reply(std::move(made));
}

void isolation(site& where, const request&, const respond& reply) {
  std::string body;
  append_isolation(body, where.backend.isolation());
  reply(json_response(std::move(body)));
}

void branding(site& where, const request&, const respond& reply) {
  std::string body;
  append_branding(body, where.brand);
  reply(json_response(std::move(body)));
}

void live_without_upgrade(site&, const request&, const respond& reply) {
  auto made = problem(426, "this is a WebSocket: ask for an upgrade");
  made.headers.emplace_back("Upgrade", "websocket");
  reply(std::move(made));
}

}  // namespace atlas::web::routes
