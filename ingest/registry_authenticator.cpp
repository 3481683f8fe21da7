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
outcome check_password(tenants::registry& registry, const web::login_request& asked, unix_ms now) {
  const auto user = registry.verify_password(asked.name, asked.password);
  if (!user) {
    return tl::unexpected(user.error());
  }
  if (!*user) {
    const auto as = registry.acting_as({"a stranger", asked.address});
    if (const auto recorded = registry.record_refused_login(asked.name); !recorded) {
      return tl::unexpected(recorded.error());
    }
    return std::nullopt;
  }
  const auto as = registry.acting_as({(*user)->name, asked.address});
  auto secret = registry.create_session((*user)->name, {asked.address, asked.user_agent}, now);
  if (!secret) {
    return tl::unexpected(secret.error());
  }
  return web::login_result{{(*user)->name, (*user)->user_role, {}}, std::move(*secret)};
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
  return web::principal{"token " + (*found)->id, (*found)->token_role, {}};
}

std::optional<web::principal> registry_authenticator::find_session(std::string_view secret) {
  const auto now = clock_.now();
  const auto found = own_.find_session(secret, now);
  if (!found) {
    log_failure(found);
    return std::nullopt;
  }
  if (!*found) {
    return std::nullopt;
  }
  if (now - (*found)->seen >= touch_interval) {
    touch(**found);
  }
  return web::principal{(*found)->user, (*found)->user_role, (*found)->id};
}

// A write waits for the disk, so the worker makes it. One that does not fit is made at the next request.
void registry_authenticator::touch(const tenants::session& used) {
  if (touching_.size() >= max_waiting_touches || !touching_.insert(used.id).second) {
    return;
  }
  boost::asio::post(worker_, [this, id = used.id, now = clock_.now()] {
    auto touched = of_worker_.touch_session(id, now);
    boost::asio::post(io_, [this, id, touched = std::move(touched)] {
      touching_.erase(id);
      if (!touched) {
        log_failure(touched);
      }
    });
  });
}

void registry_authenticator::login(web::login_request asked, std::function<void(outcome)> done) {
  if (waiting_ >= max_waiting_logins) {
    boost::asio::post(io_, [done = std::move(done)] {
      done(failure("login", "too many logins are being checked: try again in a second"));
    });
    return;
  }
  ++waiting_;
  boost::asio::post(
      worker_, [this, asked = std::move(asked), now = clock_.now(), done = std::move(done)]() mutable {
        auto checked = check_password(of_worker_, asked, now);
        sodium_memzero(asked.password.data(), asked.password.size());
        boost::asio::post(io_, [this, checked = std::move(checked), done = std::move(done)]() mutable {
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

void registry_authenticator::logout(const web::actor& by, std::string_view session_secret) {
  const auto as = own_.acting_as({by.name, by.address});
  if (const auto ended = own_.end_session(session_secret); !ended) {
    log_failure(ended);
  }
}

}  // namespace atlas::ingest
