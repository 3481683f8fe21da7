#pragma once

#include "agent/broker_address.hpp"
#include "core/error.hpp"
#include "core/host_id.hpp"
#include "core/org_id.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atlas::agent {

// Whom the broker's certificate must come from: a PEM file, PEM text, or, when both are empty, any CA that
// this machine trusts.
struct trusted_ca {
  std::string file;
  std::string pem;
};

// What the agent needs to report, complete and checked.
struct config {
  broker_address broker;
  org_id org;
  host_id host;
  std::string password;
  std::string passwords_file = {};  // of the later ones, see passwords.hpp
  std::string spool_folder = {};    // see spool.hpp; empty: none
  trusted_ca ca;
  std::uint32_t report_interval;     // seconds
  std::uint32_t retry_interval;      // seconds: the longest wait between two attempts to connect
  std::uint32_t connection_timeout;  // seconds
  std::vector<std::string> tags;

  // The MQTT user, and the client id.
  std::string user() const;
};

// A value and where it was said: "config.json: $.server_url", "--server-url".
template <class T>
struct setting {
  T value;
  std::string where;
};

// What a file, the environment or the command line says; nothing where it is silent.
struct settings {
  std::optional<setting<std::string>> server_url;
  std::optional<setting<std::string>> organization_id;
  std::optional<setting<std::string>> host_id;
  std::optional<setting<std::string>> password;
  std::optional<setting<std::string>> password_file;
  std::optional<setting<std::string>> ca_file;
  std::optional<setting<std::string>> ca_pem;
  std::optional<setting<std::uint64_t>> report_interval;
  std::optional<setting<std::uint64_t>> retry_interval;
  std::optional<setting<std::uint64_t>> connection_timeout;
  std::optional<setting<std::vector<std::string>>> tags;

  // Takes what `stronger` says. A password or a CA given there in one way replaces one given here in another.
  void override_with(settings stronger);
};

// Every mistake at once.
using config_errors = std::vector<error>;

// Checks the settings and reads the files that they name. `hostname` is this machine's, for the host id's
// default.
tl::expected<config, config_errors> complete(const settings& said, std::string_view hostname);

struct number_limits {
  std::uint64_t least;
  std::uint64_t most;
};
inline constexpr number_limits report_interval_limits{1, 86'400};
inline constexpr number_limits retry_interval_limits{1, 3'600};
inline constexpr number_limits connection_timeout_limits{1, 300};

}  // namespace atlas::agent
