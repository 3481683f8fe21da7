#pragma once

#include "ingest/clock.hpp"
#include "tenants/registry.hpp"
#include "web/people.hpp"

#include <cstddef>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

namespace atlas::ingest {

// The people of the registry, read and changed on the worker thread: hashing a password takes 0.1 s. Its
// calls are for the loop thread.
class registry_people final : public web::people {
 public:
  static constexpr std::size_t max_waiting = 32;

  // All outlive this object, and the worker is joined before it goes. `of_worker` is the worker's connection.
  registry_people(boost::asio::io_context& io, boost::asio::thread_pool& worker, tenants::registry& of_worker,
                  const wall_clock& clock);

  void list_sessions(std::optional<std::string> user, answer<std::vector<web::session_info>> done) override;
  void end_session(web::actor by, std::string id, std::optional<std::string> user,
                   answer<bool> done) override;
  void list_users(answer<std::vector<web::user_info>> done) override;
  void add_user(web::actor by, web::new_user asked, answer<outcome<nothing>> done) override;
  void change_user(web::actor by, std::string name, web::user_change asked,
                   answer<outcome<nothing>> done) override;
  void remove_user(web::actor by, std::string name, answer<outcome<nothing>> done) override;
  void change_password(web::actor by, std::string present, std::string wanted,
                       answer<outcome<nothing>> done) override;
  void list_tokens(answer<std::vector<web::token_info>> done) override;
  void make_token(web::actor by, web::new_token asked, answer<outcome<web::made_token>> done) override;
  void revoke_token(web::actor by, std::string id, answer<bool> done) override;
  void list_audit(std::optional<std::int64_t> before, std::size_t limit,
                  answer<std::vector<web::audit_row>> done) override;

 private:
  // Runs work(registry, now) on the worker thread, as `by`, and hands its result to `done`.
  template <class Value, class Work>
  void run(web::actor by, Work work, answer<Value> done);

  boost::asio::io_context& io_;
  boost::asio::thread_pool& worker_;
  tenants::registry& of_worker_;
  const wall_clock& clock_;
  std::size_t waiting_ = 0;
};

}  // namespace atlas::ingest
