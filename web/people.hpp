#pragma once

#include "core/error.hpp"
#include "core/role.hpp"
#include "core/unix_time.hpp"
#include "web/ports.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

namespace atlas::web {

// One login of a person, from one browser.
struct session_info {
  std::string id;
  std::string user;
  role granted = role::viewer;
  unix_ms created{};
  unix_ms last_seen{};  // within a minute or so
  unix_ms expires{};    // at the latest
  std::string address;
  std::string user_agent;
};

struct user_info {
  std::string name;
  role granted = role::viewer;
  unix_ms created{};
};

struct token_info {
  enum class kind { api, enrollment };
  std::string id;
  kind what = kind::api;
  std::string label;
  role granted = role::viewer;  // of an API token
  unix_ms created{};
  std::optional<unix_ms> expires;
};

// One row of the audit log.
struct audit_row {
  std::int64_t id = 0;
  unix_ms at{};
  actor by;
  std::string action;
  std::string object;
  std::string outcome;
};

struct new_user {
  std::string name;
  role granted = role::viewer;
  std::string password;
};

struct user_change {
  std::optional<role> granted;
  std::optional<std::string> password;
};

struct new_token {
  std::string label;
  role granted = role::viewer;  // of an API token
  std::optional<unix_ms> expires;
  token_info::kind what = token_info::kind::api;
  std::uint32_t uses = 1;  // of an enrolment token: how many machines it lets in
};

struct made_token {
  token_info shown;
  std::string secret;      // the only time that it is to be seen
  std::uint32_t uses = 0;  // of an enrolment token
};

// Why a change was not made.
struct people_refusal {
  enum class reason { unknown, conflict, invalid, wrong_password };
  reason why = reason::unknown;
  std::string what;    // is to be done about it
  std::string member;  // of the body, when that is to blame
};

// What an organisation's people see and change of each other. Calls come on the loop thread, the work is done
// elsewhere; `done` comes on the loop thread exactly once, with an error when the store could not be asked.
// Every change is recorded as that of its `actor`.
class people {
 public:
  virtual ~people() = default;
  template <class Value>
  using answer = std::function<void(result<Value>)>;
  template <class Value>
  using outcome = tl::expected<Value, people_refusal>;
  struct nothing {};

  // Of that user, or of all.
  virtual void list_sessions(std::optional<std::string> user, answer<std::vector<session_info>> done) = 0;
  // False when there is none of that id, or it is not that user's.
  virtual void end_session(actor by, std::string id, std::optional<std::string> user, answer<bool> done) = 0;

  virtual void list_users(answer<std::vector<user_info>> done) = 0;
  virtual void add_user(actor by, new_user asked, answer<outcome<nothing>> done) = 0;
  // Ends the user's sessions. The last administrator stays one.
  virtual void change_user(actor by, std::string name, user_change asked, answer<outcome<nothing>> done) = 0;
  virtual void remove_user(actor by, std::string name, answer<outcome<nothing>> done) = 0;
  // The actor's own, which ends their sessions.
  virtual void change_password(actor by, std::string present, std::string wanted,
                               answer<outcome<nothing>> done) = 0;

  virtual void list_tokens(answer<std::vector<token_info>> done) = 0;
  virtual void make_token(actor by, new_token asked, answer<outcome<made_token>> done) = 0;
  // Either kind; false when there is none of that id.
  virtual void revoke_token(actor by, std::string id, answer<bool> done) = 0;

  // The newest first, those before that row.
  virtual void list_audit(std::optional<std::int64_t> before, std::size_t limit,
                          answer<std::vector<audit_row>> done) = 0;
};

}  // namespace atlas::web
