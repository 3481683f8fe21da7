#pragma once

#include "core/org_id.hpp"
#include "ingest/key_source.hpp"
#include "ingest/registry_worker.hpp"
#include "web/people.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

namespace atlas::ingest {

// The people of the registry, read and changed on the worker thread: hashing a password takes 0.1 s. Its
// calls are for the loop thread.
class registry_people final : public web::people {
 public:
  // All outlive this object, and the worker is joined before it goes. `of_worker` is the worker's connection;
  // enrolment tokens of `org` derive from the newest of its `keys`.
  registry_people(boost::asio::io_context& io, boost::asio::thread_pool& worker, tenants::registry& of_worker,
                  const wall_clock& clock, const org_id& org, key_source& keys);

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
  registry_worker worker_;
  const org_id org_;
  key_source& keys_;
};

}  // namespace atlas::ingest
