#pragma once

#include "core/error.hpp"
#include "core/host_id.hpp"
#include "core/role.hpp"
#include "web/isolation.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace atlas::web {

// What the web server needs from outside. Implementations live in ingest/; all calls come on the loop thread.

struct principal {
  std::string name;  // of the user; "token 3f9a01bc" for an API token
  role granted = role::viewer;
  std::string session;  // its id; empty for an API token
};

// Who changes something, and from where.
struct actor {
  std::string name;
  std::string address;
};

struct login_request {
  std::string name;
  std::string password;
  std::string address;     // where it comes from
  std::string user_agent;  // as the browser calls itself
};

struct login_result {
  principal who;
  std::string session_secret;  // for the cookie
};

// Who is asking. Lookups are quick (an indexed read); login runs elsewhere because Argon2id takes 0.1 s.
class authenticator {
 public:
  virtual ~authenticator() = default;
  virtual std::optional<principal> find_api_token(std::string_view secret) = 0;
  virtual std::optional<principal> find_session(std::string_view secret) = 0;
  // Calls `done` on the loop thread exactly once: nothing on a wrong name or password, an error when it could
  // not be checked (too many logins waiting, the store failed).
  virtual void login(login_request asked, std::function<void(result<std::optional<login_result>>)> done) = 0;
  virtual void logout(const actor& by, std::string_view session_secret) = 0;
};

struct enrollment_request {
  std::string token;
  host_id host;
  std::string password;  // that the host has already; empty when it has none
  std::string address;   // where it comes from
};

// What an enrolled host needs to report.
struct enrollment {
  std::string org_id;
  host_id host;
  std::string user;
  std::string password;
  std::uint32_t generation = 1;
  std::string broker_url;
  std::string ca;                      // PEM
  std::uint32_t report_interval = 10;  // seconds
};

enum class enrollment_refusal { token_not_valid, host_known };

// Lets machines in that hold an enrolment token.
class enroller {
 public:
  virtual ~enroller() = default;
  using outcome = result<tl::expected<enrollment, enrollment_refusal>>;
  // Calls `done` on the loop thread exactly once; an error when it could not be decided at present.
  virtual void enroll(enrollment_request asked, std::function<void(outcome)> done) = 0;
};

struct branding {
  std::string organization;  // name
  std::string org_id;
  std::string title;
  std::string primary_color;  // #rrggbb
  std::optional<std::string> secondary_color;
  std::optional<std::string> logo_url;
};

struct readiness_check {
  std::string name;  // "broker", "store"
  bool ready = false;
  std::string detail;    // what is wrong and what to do, empty when ready
  bool required = true;  // false: the service is ready without it too
};

// The families of single hosts are long where there are many.
enum class metrics_scope { with_hosts, without_hosts };

// The service behind the dashboard.
class service {
 public:
  virtual ~service() = default;
  virtual std::vector<readiness_check> readiness() const = 0;
  virtual isolation_report isolation() const = 0;
  // Prometheus text format 0.0.4.
  virtual std::string metrics_text(metrics_scope scope) const = 0;
  // Forgets a host that is no longer wanted; false when it is not known.
  virtual bool remove_host(const actor& by, const host_id& host) = 0;
  // Browsers look at this host (or no longer do): it should report every second.
  virtual void focus(const host_id& host, bool on) = 0;
};

}  // namespace atlas::web
