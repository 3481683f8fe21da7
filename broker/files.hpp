#pragma once

#include "broker/certificates.hpp"
#include "broker/conf.hpp"
#include "broker/listener.hpp"
#include "broker/passwd.hpp"
#include "core/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace atlas::broker {

// The broker's folder:
//   mosquitto.conf, acl, passwd   what Mosquitto reads
//   atlas-guard.so, limits.json   the plugin that it loads, a copy it can reach, and what that reads
//   certs/ca.crt, ca.key          the CA that every agent pins, and its key
//   certs/server.crt, server.key  the listener's
//   canary.secret                 the canary's password
//   data/, mosquitto.pid          Mosquitto's own
// Secrets are 0600. What Mosquitto reads belongs to the user it runs as (see account.hpp), the rest to
// whoever renders. Whoever changes the folder holds its folder_lock (output_file.hpp) from before it gathers
// the credentials.

struct rendered {
  bool changed = false;  // whether any text is another than before
  std::size_t users = 0;
  certificate_state certificates;
};

// Writes the certificates that are missing or due and the three files, each beside its place, checked and
// renamed; keeps the salt of an unchanged credential, so that a file with nothing new is byte-identical. Adds
// the canary's own credential.
result<rendered> render(const broker_options& options, const std::vector<credential>& credentials);

// Whether render() would change a text.
result<bool> differs(const broker_options& options, const std::vector<credential>& credentials);

// Renders, with a new password for the canary; then SIGHUP to the running broker and the canary: its login
// tells that the broker has read the files, and its publish to a foreign topic must come back with reason
// 135. Files that change more than the passwords are tried in a broker of their own before. Only renders when
// no broker runs; `running` tells.
struct applied {
  bool running = false;
  bool canary_refused = false;
  bool guarded = false;  // the running broker has the guard loaded
  rendered files;
};
result<applied> apply(const broker_options& options, const std::vector<credential>& credentials);

// What the files in the folder are worth.
struct checked {
  std::size_t users = 0;
  certificate_state certificates;
  std::optional<pid_t> running;
};
// Everything that is wrong with the files as they are: each of their texts, the certificates, their modes.
// Changes nothing.
struct check_report {
  checked seen;
  std::vector<error> problems;
};
check_report check_files(const broker_options& options);
// Starts a throw-away broker with the files as they are and lets the canary fly.
result<void> check_trial(const broker_options& options);
// Lets the canary fly in the running broker; whether that has the guard loaded.
result<bool> check_running(const broker_options& options);

}  // namespace atlas::broker
