#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace atlas::broker {

struct listener_address {
  std::string host = "localhost";  // the name that agents connect to
  std::uint16_t port = 8883;
};

// One line of the password file.
struct credential {
  std::string user;
  std::string password;
};

struct broker_options {
  std::filesystem::path dir;  // <root>/broker, absolute
  listener_address listener;
  std::vector<std::string>
      names;  // DNS names and IP addresses in the server certificate, beside the listener's
};

// mqtts://host[:port], port 8883 by default. mqtt:// is refused.
result<listener_address> parse_broker_url(std::string_view url);

// Pure renderers of the three files that Mosquitto reads.
std::string render_conf(const broker_options& options, std::string_view run_as_user);
std::string render_acl();
std::string render_passwd(const std::vector<credential>& credentials);

// Writes the certificates that are missing and the three files, each beside its place and renamed; keeps the
// salt of an unchanged credential, so that a file with nothing new is byte-identical. Adds the canary's own
// credential.
result<void> render(const broker_options& options, const std::vector<credential>& credentials);

// SIGHUP to the running broker (broker/mosquitto.pid), then the canary: its publish to a foreign topic must
// come back with reason 135. Does nothing but render when no broker runs; `running` tells.
struct applied {
  bool running = false;
  bool canary_refused = false;
};
result<applied> apply(const broker_options& options, const std::vector<credential>& credentials);

}  // namespace atlas::broker
