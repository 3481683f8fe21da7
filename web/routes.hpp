#pragma once

#include "web/request.hpp"
#include "web/response.hpp"
#include "web/site.hpp"

// The handlers of the route table.
namespace atlas::web::routes {

// routes_page.cpp
void root(site& where, const request& asked, const respond& reply);
void dashboard(site& where, const request& asked, const respond& reply);
void asset(site& where, const request& asked, const respond& reply);
void icon(site& where, const request& asked, const respond& reply);
void manifest(site& where, const request& asked, const respond& reply);

// routes_status.cpp
void healthz(site& where, const request& asked, const respond& reply);
void readyz(site& where, const request& asked, const respond& reply);
void metrics(site& where, const request& asked, const respond& reply);
void isolation(site& where, const request& asked, const respond& reply);
void branding(site& where, const request& asked, const respond& reply);
void live_without_upgrade(site& where, const request& asked, const respond& reply);

// routes_openapi.cpp
void openapi(site& where, const request& asked, const respond& reply);

// routes_auth.cpp
void login(site& where, const request& asked, const respond& reply);
void logout(site& where, const request& asked, const respond& reply);
void me(site& where, const request& asked, const respond& reply);

// routes_sessions.cpp
void sessions(site& where, const request& asked, const respond& reply);
void end_session(site& where, const request& asked, const respond& reply);

// routes_users.cpp
void users(site& where, const request& asked, const respond& reply);
void add_user(site& where, const request& asked, const respond& reply);
void change_user(site& where, const request& asked, const respond& reply);
void remove_user(site& where, const request& asked, const respond& reply);
void change_own_password(site& where, const request& asked, const respond& reply);

// routes_tokens.cpp
void tokens(site& where, const request& asked, const respond& reply);
void make_token(site& where, const request& asked, const respond& reply);
void revoke_token(site& where, const request& asked, const respond& reply);

// routes_audit.cpp
void audit(site& where, const request& asked, const respond& reply);

// routes_notify.cpp
void notify_channels(site& where, const request& asked, const respond& reply);
void notify_test(site& where, const request& asked, const respond& reply);

// routes_settings.cpp
void settings(site& where, const request& asked, const respond& reply);
void change_settings(site& where, const request& asked, const respond& reply);

// routes_agent.cpp
void enroll(site& where, const request& asked, const respond& reply);
void agent_files(site& where, const request& asked, const respond& reply);
void agent_file(site& where, const request& asked, const respond& reply);

// routes_hosts.cpp
void hosts(site& where, const request& asked, const respond& reply);
void host(site& where, const request& asked, const respond& reply);
void label_host(site& where, const request& asked, const respond& reply);
void remove_host(site& where, const request& asked, const respond& reply);
void host_history(site& where, const request& asked, const respond& reply);

// routes_processes.cpp
void processes(site& where, const request& asked, const respond& reply);

// routes_alerts.cpp
void alerts(site& where, const request& asked, const respond& reply);
void acknowledge(site& where, const request& asked, const respond& reply);
void silences(site& where, const request& asked, const respond& reply);
void add_silence(site& where, const request& asked, const respond& reply);
void remove_silence(site& where, const request& asked, const respond& reply);

// routes_past.cpp
void past_alerts(site& where, const request& asked, const respond& reply);
void host_events(site& where, const request& asked, const respond& reply);

// routes_dry_run.cpp
void dry_run(site& where, const request& asked, const respond& reply);

}  // namespace atlas::web::routes
