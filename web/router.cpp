#include "web/router.hpp"

#include "web/cookies.hpp"
#include "web/problem.hpp"
#include "web/routes.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

namespace atlas::web {

namespace {

constexpr std::array table{
    route{method::get, "/", access::open, routes::root},
    route{method::get, "/dashboard", access::open, routes::dashboard},
    route{method::get, "/dashboard/*", access::open, routes::dashboard},
    route{method::get, "/assets/*", access::open, routes::asset},
    route{method::get, "/favicon.ico", access::open, routes::icon},
    route{method::get, "/icon.svg", access::open, routes::icon},
    route{method::get, "/manifest.webmanifest", access::open, routes::manifest},
    route{method::get, "/healthz", access::open, routes::healthz},
    route{method::get, "/readyz", access::open, routes::readyz},
    route{method::get, "/metrics", access::viewer, routes::metrics},
    route{method::get, "/api/v1/branding", access::open, routes::branding},
    route{method::get, "/api/v1/openapi.json", access::open, routes::openapi},
    route{method::post, "/api/v1/login", access::open, routes::login, true},
    route{method::post, "/api/v1/logout", access::viewer, routes::logout},
    route{method::get, "/api/v1/me", access::viewer, routes::me},
    route{method::post, "/api/v1/me/password", access::viewer, routes::change_own_password, true},
    route{method::get, "/api/v1/sessions", access::viewer, routes::sessions},
    route{method::delete_, "/api/v1/sessions/{id}", access::viewer, routes::end_session},
    route{method::get, "/api/v1/users", access::admin, routes::users},
    route{method::post, "/api/v1/users", access::admin, routes::add_user, true},
    route{method::patch, "/api/v1/users/{name}", access::admin, routes::change_user, true},
    route{method::delete_, "/api/v1/users/{name}", access::admin, routes::remove_user},
    route{method::get, "/api/v1/tokens", access::admin, routes::tokens},
    route{method::post, "/api/v1/tokens", access::admin, routes::make_token, true},
    route{method::delete_, "/api/v1/tokens/{id}", access::admin, routes::revoke_token},
    route{method::get, "/api/v1/audit", access::admin, routes::audit},
    route{method::get, "/api/v1/hosts", access::viewer, routes::hosts},
    route{method::get, "/api/v1/hosts/{id}", access::viewer, routes::host},
    route{method::patch, "/api/v1/hosts/{id}", access::operator_, routes::label_host, true},
    route{method::delete_, "/api/v1/hosts/{id}", access::admin, routes::remove_host},
    route{method::get, "/api/v1/hosts/{id}/history", access::viewer, routes::host_history},
    route{method::get, "/api/v1/hosts/{id}/events", access::viewer, routes::host_events},
    route{method::get, "/api/v1/hosts/{id}/processes", access::operator_, routes::processes},
    route{method::get, "/api/v1/alerts", access::viewer, routes::alerts},
    route{method::post, "/api/v1/alerts/{id}/ack", access::operator_, routes::acknowledge},
    route{method::get, "/api/v1/silences", access::viewer, routes::silences},
    route{method::post, "/api/v1/silences", access::operator_, routes::add_silence, true},
    route{method::delete_, "/api/v1/silences/{id}", access::operator_, routes::remove_silence},
    route{method::get, "/api/v1/settings", access::admin, routes::settings},
    route{method::patch, "/api/v1/settings", access::admin, routes::change_settings, true},
    route{method::post, "/api/v1/settings/dry-run", access::admin, routes::dry_run, true},
    route{method::get, "/api/v1/settings/notify", access::admin, routes::notify_channels},
    route{method::post, "/api/v1/settings/notify-test", access::admin, routes::notify_test, true},
    route{method::get, "/api/v1/isolation", access::viewer, routes::isolation},
    route{method::post, "/api/v1/enroll", access::open, routes::enroll, true},
    route{method::get, "/api/v1/agent", access::open, routes::agent_files},
    route{method::get, "/api/v1/agent/{file}", access::open, routes::agent_file},
    route{method::get, "/api/v1/live", access::viewer, routes::live_without_upgrade, false, true},
};

std::optional<std::vector<std::string>> match(std::string_view pattern,
                                              const std::vector<std::string>& path) {
  std::vector<std::string> captures;
  pattern.remove_prefix(1);
  for (std::size_t i = 0;; ++i) {
    const auto part = pattern.substr(0, pattern.find('/'));
    if (part == "*") {
      return i < path.size() ? std::optional(std::move(captures)) : std::nullopt;
    }
    if (i == path.size()) {
      return std::nullopt;
    }
    if (part.starts_with('{') && !path[i].empty()) {
      captures.push_back(path[i]);
    } else if (part != path[i]) {
      return std::nullopt;
    }
    if (part.size() == pattern.size()) {
      return i + 1 == path.size() ? std::optional(std::move(captures)) : std::nullopt;
    }
    pattern.remove_prefix(part.size() + 1);
  }
}

bool serves(const route& one, method verb) {
  return one.verb == verb || (one.verb == method::get && verb == method::head);
}

std::string allowed_methods(const std::vector<std::string>& path) {
  std::string allowed;
  for (const auto& one : table) {
    if (match(one.pattern, path)) {
      allowed += fmt::format("{}{}", allowed.empty() ? "" : ", ", to_string(one.verb));
      allowed += one.verb == method::get ? ", HEAD" : "";
    }
  }
  return allowed;
}

bool same_without_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

std::optional<credential> credential_of(const site& where, const request& asked) {
  if (asked.authorization) {
    constexpr std::string_view scheme = "Bearer ";
    const std::string_view given = *asked.authorization;
    if (!same_without_case(given.substr(0, scheme.size()), scheme)) {
      return std::nullopt;
    }
    return credential{credential::kind::api_token, std::string(given.substr(scheme.size()))};
  }
  const auto cookie = find_cookie(asked.cookie, where.cookie_name);
  return cookie ? std::optional(credential{credential::kind::session, std::string(*cookie)}) : std::nullopt;
}

bool is_enough(role granted, access least) {
  switch (least) {
    case access::open: return true;
    case access::viewer: return true;
    case access::operator_: return granted != role::viewer;
    case access::admin: return granted == role::admin;
  }
  return false;
}

// A page of another origin must not act with this browser's cookie; programs send no Origin.
bool is_foreign(const request& asked) {
  if (!asked.origin) {
    return false;
  }
  // The same name without encryption is another origin: who is in the middle could write that page.
  if (asked.encrypted && !same_without_case(asked.origin->substr(0, asked.origin->find(':')), "https")) {
    return true;
  }
  const auto origin = authority_of(*asked.origin);
  return !origin || !same_without_case(*origin, asked.host);
}

bool is_json(std::string_view content_type) {
  auto type = content_type.substr(0, content_type.find(';'));
  type = type.substr(0, type.find_last_not_of(" \t") + 1);
  return same_without_case(type, "application/json");
}

std::optional<response> refusal(site& where, request& asked, const route& to) {
  if (to.least != access::open) {
    auto proof = credential_of(where, asked);
    asked.who = proof ? find_principal(where.auth, *proof) : std::nullopt;
    if (!asked.who) {
      return problem(401, proof ? "the token or session is not valid, or no longer: log in again"
                                : "log in, or send an API token as \"Authorization: Bearer <token>\"");
    }
    if (!is_enough(asked.who->granted, to.least)) {
      return problem(403, fmt::format("this needs another role than {}", to_string(asked.who->granted)));
    }
    asked.proof = std::move(*proof);
  }
  if ((to.upgrades || to.verb != method::get) && is_foreign(asked)) {
    return problem(403, "the request comes from a page of another origin");
  }
  if (to.takes_json && !is_json(asked.content_type)) {
    return problem(415, "the body must be JSON, with Content-Type: application/json");
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(method value) {
  switch (value) {
    case method::get: return "GET";
    case method::head: return "HEAD";
    case method::post: return "POST";
    case method::patch: return "PATCH";
    case method::delete_: return "DELETE";
    case method::other: return "other";
  }
  return "other";
}

std::string_view to_string(access value) {
  switch (value) {
    case access::open: return "open";
    case access::viewer: return "viewer";
    case access::operator_: return "operator";
    case access::admin: return "admin";
  }
  return "";
}

std::span<const route> all_routes() { return table; }

std::optional<principal> find_principal(authenticator& auth, const credential& proof) {
  constexpr std::size_t longest_secret = 512;
  if (proof.secret.empty() || proof.secret.size() > longest_secret) {
    return std::nullopt;
  }
  switch (proof.how) {
    case credential::kind::api_token: return auth.find_api_token(proof.secret);
    case credential::kind::session: return auth.find_session(proof.secret);
  }
  return std::nullopt;
}

admission admit(site& where, request& asked) {
  bool known = false;
  for (const auto& one : table) {
    auto captures = match(one.pattern, asked.target.segments);
    if (!captures) {
      continue;
    }
    known = true;
    if (serves(one, asked.verb)) {
      asked.captures = std::move(*captures);
      auto refused = refusal(where, asked, one);
      return refused ? admission{nullptr, std::move(*refused)} : admission{&one, {}};
    }
  }
  if (!known) {
    return {nullptr, problem(404, "there is nothing at this path")};
  }
  auto refused = problem(405, "this path does not take that method");
  refused.headers.emplace_back("Allow", allowed_methods(asked.target.segments));
  return {nullptr, std::move(refused)};
}

}  // namespace atlas::web
