#pragma once

#include "core/error.hpp"
#include "core/fleet.hpp"
#include "core/host_id.hpp"
#include "core/host_label.hpp"
#include "core/incident.hpp"
#include "core/role.hpp"
#include "core/unix_time.hpp"
#include "tenants/audit.hpp"
#include "tenants/stored_alerts.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atlas::tenants {

struct registered_host {
  host_id id;
  std::uint32_t generation = 1;  // of its password
  unix_ms added{};
  // The id of the API key that its password derives from (derive_key_id); nothing in an organisation whose
  // key has never been rotated. key_ring.hpp knows the keys.
  std::optional<std::string> key = std::nullopt;
  host_label label = {};
};

struct user {
  std::string name;
  role user_role = role::viewer;
  unix_ms added{};
};

struct api_token {
  std::string id;  // short, safe to show
  std::string label;
  role token_role = role::viewer;
  unix_ms added{};
  std::optional<unix_ms> expires;
};

// Lets machines enrol until it expires, is revoked or has been used so often.
struct enrollment_token {
  std::string id;  // short, safe to show
  std::string label;
  unix_ms added{};
  unix_ms expires{};
  std::uint32_t uses = 0;
  std::optional<std::uint32_t> max_uses;
};

struct enrollment {
  enum class outcome { enrolled, token_not_valid, host_known };
  outcome what = outcome::token_not_valid;
  std::optional<registered_host> host;  // when enrolled or known and not revoked
};

// Where a login came from.
struct session_origin {
  std::string address;
  std::string agent;  // what the browser calls itself; kept as printable ASCII, cut short
};

// One login of a person, from one browser.
struct session {
  std::string id;  // short, safe to show
  std::string user;
  role user_role = role::viewer;
  unix_ms added{};
  unix_ms seen{};
  unix_ms expires{};  // at the latest: see registry::session_idle
  session_origin origin;
};

// The tables of tenants/<slug>/fleet.db that people and the command line change: hosts, enrolment tokens,
// users, API tokens, sessions, and the audit log of all that. Opened by the service and by the command line
// at the same time (SQLite WAL, busy timeout). Secrets are stored hashed only. One object per thread. Calls
// with `now` take the time as an argument.
class registry {
 public:
  // Creates the file (0600) and brings its schema up to date; `where` of an error is the file.
  // Changes are recorded as `by`'s, unless acting_as() names another one.
  static result<registry> open(const std::filesystem::path& fleet_db, author by = {});
  // The newest version of the schema that open() knows.
  static std::uint32_t schema_version();
  ~registry();
  registry(registry&&) noexcept;
  registry& operator=(registry&&) noexcept;

  result<std::vector<registered_host>> hosts() const;
  result<std::optional<registered_host>> host(const host_id& id) const;
  // An error when it is there already. A host that was revoked comes back with the next generation, so that
  // its old password stays without effect.
  result<registered_host> add_host(const host_id& id, unix_ms now);
  result<bool> revoke_host(const host_id& id);  // false when there was none
  // What is to change must have been checked; false when there is no such host. A host that is revoked loses
  // its note and tags.
  result<bool> label_host(const host_id& id, const host_label_change& change);
  // Lets a host that is known, revoked or not, enrol once more; false when there was none.
  result<bool> readmit_host(const host_id& id);
  // Another number whenever a host has changed, by whichever process: cheap to ask.
  result<std::int64_t> host_revision() const;

  // The id of the key that hosts get when they come new; nothing when it has never been rotated.
  result<std::optional<std::string>> current_key() const;
  // All hosts stay on `from`, those that come get `to`; enrolment tokens, which derive from `from`, end.
  // Returns how many were still valid. Does nothing when `to` is the current key already.
  result<std::uint32_t> begin_rotation(std::string_view from, std::string_view to, unix_ms now);
  // Those of the hosts that are on `from` come to the current key, with their next generation. Returns how
  // many.
  result<std::uint32_t> move_hosts(std::span<const host_id> hosts, std::string_view from);
  result<std::uint32_t> count_hosts_on(std::string_view key) const;

  // Derives the bare token from the number that is the next, the only time it is to be seen.
  using token_maker = std::function<std::string(std::uint32_t number)>;
  struct enrollment_terms {
    static constexpr std::chrono::days usual_life{7};
    std::string label;
    unix_ms expires{};
    std::optional<std::uint32_t> max_uses;
  };
  struct new_enrollment_token {
    std::string id;
    std::string secret;
  };
  result<new_enrollment_token> create_enrollment_token(const enrollment_terms& terms, const token_maker& make,
                                                       unix_ms now);
  // Those that are not revoked.
  result<std::vector<enrollment_token>> enrollment_tokens() const;
  // Registers a host that is new, or that may enrol once more with the next generation, and counts the use.
  result<enrollment> enroll_host(std::string_view secret, const host_id& id, unix_ms now);

  // Names are [A-Za-z0-9._@-]{1,64}, passwords 8 to 1024 bytes; `where` of an error about them is "name" or
  // "password".
  static result<void> check_user_name(std::string_view name);
  static result<void> check_password(std::string_view password);
  result<std::vector<user>> users() const;
  // An error when it is there already.
  result<void> add_user(std::string_view name, role user_role, std::string_view password, unix_ms now);
  // False when there is no such user. All three end the user's sessions. The last administrator stays one: an
  // error then, whose `where` is the name.
  result<bool> set_password(std::string_view name, std::string_view password);
  result<bool> set_role(std::string_view name, role wanted);
  result<bool> remove_user(std::string_view name);
  // Argon2id, about 0.1 s of CPU: not on the loop thread. Takes as long for an unknown name as for a wrong
  // password.
  result<std::optional<user>> verify_password(std::string_view name, std::string_view password) const;

  // Returns the bare token "afa_<43 base64url>", the only time it is to be seen.
  result<std::string> create_api_token(std::string_view label, role token_role,
                                       std::optional<unix_ms> expires, unix_ms now);
  result<std::vector<api_token>> api_tokens() const;
  result<std::optional<api_token>> find_api_token(std::string_view secret, unix_ms now) const;
  // Of either kind; false when there is none of that id.
  result<bool> revoke_token(std::string_view id);

  // A session ends so long after its login, and earlier when it was not seen for so long.
  static constexpr std::chrono::hours session_life{12};
  static constexpr std::chrono::hours session_idle{2};
  // Of one user; a login beyond it ends the session that was seen least lately.
  static constexpr int max_sessions = 100;
  // Forgets sessions that have run out. Returns the bare session secret for the cookie.
  result<std::string> create_session(std::string_view user_name, const session_origin& from, unix_ms now);
  result<std::optional<session>> find_session(std::string_view secret, unix_ms now) const;
  // Notes that a session is in use, so that it does not run idle.
  result<void> touch_session(std::string_view id, unix_ms now);
  // Those that have not run out, of all users or of one, the latest seen first.
  result<std::vector<session>> sessions(std::optional<std::string_view> user_name, unix_ms now) const;
  result<bool> end_session(std::string_view secret);
  // Of that user only, when one is given; false when there was none.
  result<bool> end_session_of_id(std::string_view id, std::optional<std::string_view> user_name);
  // How many there were.
  result<std::size_t> end_sessions(std::string_view user_name);

  // What the alerts of an earlier run remember.
  result<std::vector<alert_memory>> alerts() const;
  // In one transaction; an empty memory is forgotten.
  result<void> store_alerts(std::span<const alert_memory> changed);
  // Another number whenever a silence or an acknowledgement has come or gone, by whichever process: cheap.
  result<std::int64_t> alert_revision() const;
  result<std::vector<stored_silence>> silences() const;
  // The terms must have been checked. An error when there are 1,000 already.
  result<stored_silence> add_silence(const silence_terms& terms, unix_ms now);
  result<bool> remove_silence(std::string_view id);  // false when there was none
  // Those that were for once and are over since then.
  result<void> forget_silences(unix_ms before);
  // For the audit log only.
  result<void> record_acknowledgement(const alert_key& key);
  // The past of alerts and hosts: incidents, presence and restarts. Of each host the newest events stay, and
  // of the incidents that are over the newest of all.
  static constexpr std::int64_t most_incidents = 100'000;
  static constexpr std::int64_t most_host_events = 2'000;
  static constexpr std::chrono::hours past_life{24 * 730};
  // In one transaction. What the past has already adds nothing: a presence that goes on, a boot that is
  // known.
  result<void> store_past(std::span<const past_step> steps);
  // Those that are not over.
  result<std::vector<incident>> open_incidents() const;
  // Those that are over, the one that fired last first.
  result<std::vector<incident>> past_incidents(const incident_query& asked) const;
  result<host_past> past_of(const host_id& host, unix_ms from, unix_ms to) const;
  // Forgets what is too old, and hosts that are not registered.
  result<void> prune_past(unix_ms now);
  // Of each host the newest sample that an earlier run saw.
  result<std::vector<sample_remembered>> newest_samples() const;
  result<void> store_newest(std::span<const sample_remembered> changed);
  // The command line asks, the service answers: questions without an answer, by id.
  result<std::string> ask_dry_run(std::string_view question);
  result<std::vector<std::pair<std::string, std::string>>> dry_run_questions() const;
  result<void> answer_dry_run(std::string_view id, std::string_view answer);
  // Nothing while there is none; forgets the question with its answer.
  result<std::optional<std::string>> take_dry_run(std::string_view id);
  result<void> drop_dry_run(std::string_view id);
  // The command line orders, the service takes.
  result<void> order_acknowledgement(const alert_key& key);
  result<std::vector<acknowledgement>> take_acknowledgements();

  // Until the object goes, changes through this connection are recorded as that author's.
  class authorship {
   public:
    authorship(author& place, author by);
    ~authorship();
    authorship(const authorship&) = delete;
    authorship& operator=(const authorship&) = delete;

   private:
    author& place_;
    author before_;
  };
  [[nodiscard]] authorship acting_as(author by);
  // Makes a change outside the store and records it, if it did not fail.
  result<void> recorded(std::string_view action, std::string_view object,
                        const std::function<result<void>()>& change);
  result<void> record_refused_login(std::string_view user_name);
  // The newest first, those before that row. Nothing of it can be changed: the schema refuses that.
  result<std::vector<audit_entry>> audit(std::optional<std::int64_t> before, std::size_t limit) const;

  // Whether a write would succeed now: what /readyz asks.
  result<void> check_writable() const;

 private:
  struct database;
  explicit registry(std::unique_ptr<database> db);
  std::unique_ptr<database> db_;
};

}  // namespace atlas::tenants
