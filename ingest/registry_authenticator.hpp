#pragma once

#include "ingest/clock.hpp"
#include "tenants/registry.hpp"
#include "web/ports.hpp"

#include <chrono>
#include <cstddef>
#include <set>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

namespace atlas::ingest {

// People and tokens of the registry. Passwords are checked on the worker thread, one at a time, since
// Argon2id takes 0.1 s of CPU and much memory. Its calls are for the loop thread.
class registry_authenticator final : public web::authenticator {
 public:
  static constexpr std::size_t max_waiting_logins = 8;
  // A session's last use is written at most so often, and for a few sessions at a time.
  static constexpr std::chrono::minutes touch_interval{1};
  static constexpr std::size_t max_waiting_touches = 64;

  // All outlive this object, and the worker is joined before it goes. `own` is the loop thread's connection,
  // `of_worker` the worker's.
  registry_authenticator(boost::asio::io_context& io, boost::asio::thread_pool& worker,
                         tenants::registry& own, tenants::registry& of_worker, const wall_clock& clock);

  std::optional<web::principal> find_api_token(std::string_view secret) override;
  std::optional<web::principal> find_session(std::string_view secret) override;
  void login(web::login_request asked,
             std::function<void(result<std::optional<web::login_result>>)> done) override;
  void logout(const web::actor& by, std::string_view session_secret) override;

 private:
  void touch(const tenants::session& used);

  boost::asio::io_context& io_;
  boost::asio::thread_pool& worker_;
  tenants::registry& own_;
  tenants::registry& of_worker_;
  const wall_clock& clock_;
  std::size_t waiting_ = 0;
  std::set<std::string, std::less<>> touching_;  // ids of sessions
};

}  // namespace atlas::ingest
