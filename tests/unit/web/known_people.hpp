#pragma once

#include "web/people.hpp"

#include <string>
#include <vector>

namespace atlas::web::testing {

// The people port with what is simply there. Changes are taken down, and refused when a test says so.
class known_people final : public people {
 public:
  void list_sessions(std::optional<std::string> user, answer<std::vector<session_info>> done) override;
  void end_session(actor by, std::string id, std::optional<std::string> user, answer<bool> done) override;
  void list_users(answer<std::vector<user_info>> done) override { done(users); }
  void add_user(actor by, new_user asked, answer<outcome<nothing>> done) override;
  void change_user(actor by, std::string name, user_change asked, answer<outcome<nothing>> done) override;
  void remove_user(actor by, std::string name, answer<outcome<nothing>> done) override;
  void change_password(actor by, std::string present, std::string wanted,
                       answer<outcome<nothing>> done) override;
  void list_tokens(answer<std::vector<token_info>> done) override { done(tokens); }
  void make_token(actor by, new_token asked, answer<outcome<made_token>> done) override;
  void revoke_token(actor by, std::string id, answer<bool> done) override;
  void list_audit(std::optional<std::int64_t> before, std::size_t limit,
                  answer<std::vector<audit_row>> done) override;

  std::vector<session_info> sessions;
  std::vector<user_info> users;
  std::vector<token_info> tokens;
  std::vector<audit_row> rows;       // the newest first
  std::vector<std::string> changes;  // "ann@127.0.0.1 adds bert viewer secret"
  std::optional<people_refusal> refusal;
  std::optional<error> trouble;

 private:
  void decide(const actor& by, std::string what, const answer<outcome<nothing>>& done);
};

}  // namespace atlas::web::testing
