#include "ingest/registry_authenticator.hpp"

#include <utility>

#include <boost/asio/post.hpp>
#include <sodium.h>
#include <spdlog/spdlog.h>

namespace atlas::ingest {

namespace {

using outcome = result<std::optional<web::login_result>>;

template <class Found>
void log_failure(const Found& found) {
  spdlog::error("{}: {}", found.error().where, found.error().what);
}

// On the worker thread.
outcome check_password(tenants::registry& registry, const std::string& name, const std::string& password,
                       unix_ms now) {
  const auto user = registry.verify_password(name, password);
  if (!user) {
    return tl::unexpected(user.error());
  }
  if (!*user) {
    return std::nullopt;
  }
  auto secret = registry.create_session((*user)->name, now + registry_authenticator::session_life, now);
  if (!secret) {
    return tl::unexpected(secret.error());
  }
  return web::login_result{{(*user)->name, (*user)->user_role}, std::move(*secret)};
}

}  // namespace

registry_authenticator::registry_authenticator(boost::asio::io_context& io, boost::asio::thread_pool& worker,
                                               tenants::registry& own, tenants::registry& of_worker,
                                               const wall_clock& clock)
    : io_(io), worker_(worker), own_(own), of_worker_(of_worker), clock_(clock) {}

std::optional<web::principal> registry_authenticator::find_api_token(std::string_view secret) {
  const auto found = own_.find_api_token(secret, clock_.now());
  if (!found) {
    log_failure(found);
    return std::nullopt;
  }
  if (!*found) {
    return std::nullopt;
  }
  return web::principal{"token " + (*found)->id, (*found)->token_role};
}

std::optional<web::principal> registry_authenticator::find_session(std::string_view secret) {
  const auto found = own_.find_session(secret, clock_.now());
  if (!found) {
    log_failure(found);
    return std::nullopt;
  }
  if (!*found) {
    return std::nullopt;
  }
  return web::principal{(*found)->user, (*found)->user_role};
}

void registry_authenticator::login(std::string name, std::string password,
                                   std::function<void(outcome)> done) {
  if (waiting_ >= max_waiting_logins) {
    boost::asio::post(io_, [done = std::move(done)] {
      done(failure("login", "too many logins are being checked: try again in a second"));
    });
    return;
  }
  ++waiting_;
  boost::asio::post(worker_, [this, name = std::move(name), password = std::move(password),
                              now = clock_.now(), done = std::move(done)]() mutable {
    auto checked = check_password(of_worker_, name, password, now);
    sodium_memzero(password.data(), password.size());
    boost::asio::post(
        io_, [this, name = std::move(name), checked = std::move(checked), done = std::move(done)]() mutable {
          --waiting_;
          if (!checked) {
            log_failure(checked);
          } else if (*checked) {
            spdlog::info("{} has logged in", (*checked)->who.name);
          } else {
            spdlog::warn("a login failed: wrong user name or password");
          }
          done(std::move(checked));
        });
  });
}

void registry_authenticator::logout(std::string_view session_secret) {
  if (const auto ended = own_.end_session(session_secret); !ended) {
    log_failure(ended);
  }
}

}  // namespace atlas::ingest
