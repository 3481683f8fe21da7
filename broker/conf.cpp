#include "broker/conf.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace atlas::broker {

namespace {

constexpr std::string_view head = R"(# Rendered by atlas-fleet: do not edit, every rendering replaces it.

per_listener_settings false
allow_anonymous false
password_file {dir}/passwd
acl_file {dir}/acl

{guard}listener {port}{bind}
certfile {dir}/certs/server.crt
keyfile {dir}/certs/server.key
# The lowest version that is accepted.
tls_version tlsv1.2
# Client ids are global to a broker: with ids of their own choice, any user could throw out any other and
# take over its session.
use_username_as_clientid true
# An idle TLS connection takes 16 KB: 0.8 GB.
max_connections 50000

# Without it an authenticated TLS connect takes 40 ms more.
set_tcp_nodelay true
# Twice a sample's 64 KiB: a sender of something bigger is disconnected before it is held in memory.
max_packet_size 131072

# What waits for a service that is away, each organisation for itself. 1,000 hosts that report every 10 s send
# 60,000 samples in ten minutes, and the default of 1,000 would lose all but the first ten seconds of them.
# 500,000 are ten minutes of 8,000 hosts; 512 MiB are ten minutes of 1,000 hosts with samples of 8 KiB.
max_queued_messages 500000
max_queued_bytes 536870912
# A busy service acknowledges in batches; the default of 20 makes it wait for the network.
max_inflight_messages 1000

# Queues, retained messages and sessions outlive the broker. Saving stops it for a moment (about 0.1 s with
# 60,000 samples waiting) and what came since the last time is lost when it is killed: hence by time, not by
# the number of changes, which a busy fleet makes by the thousand.
persistence true
persistence_location {dir}/data/
autosave_interval 30
# Sessions of what never comes back, with all that waits for them.
persistent_client_expiration 14d
retain_available true

# No user may read $SYS.
sys_interval 0
log_dest stderr
# Neither information, which is a line each time it saves, nor warnings, which would be the three about acl
# that are explained there, at each reload.
log_type error
log_type notice
log_timestamp_format %Y-%m-%dT%H:%M:%S
pid_file {dir}/mosquitto.pid

)";

// Before the listener: what follows a listener's line would be for that listener alone.
constexpr std::string_view guard_lines =
    R"(# Refuses subscriptions outside a user's own topics and whatever is over its organisation's limits, and everything
# when the access rules are not the rendered ones. It counts for org/<uuid>/guard.
plugin {dir}/atlas-guard.so
plugin_opt_acl_file {dir}/acl
plugin_opt_limits_file {dir}/limits.json

)";

constexpr std::string_view as_root =
    R"(# Root starts it, and the user mosquitto cannot enter this folder: with `chmod o+x` on the folders on the way
# here, it would give up root's rights.
)";

}  // namespace

std::vector<std::string> certificate_names(const broker_options& options) {
  std::vector<std::string> names{options.listener.host};
  names.insert(names.end(), options.names.begin(), options.names.end());
  names.insert(names.end(), {"localhost", "127.0.0.1", "::1"});
  std::vector<std::string> unique;
  for (const auto& name : names) {
    if (std::find(unique.begin(), unique.end(), name) == unique.end()) unique.push_back(name);
  }
  return unique;
}

std::string render_conf(const broker_options& options, std::string_view run_as_user) {
  // A broker for this machine alone is not offered to the network. "localhost" is its IPv4 address, which
  // exists everywhere: Mosquitto does not start when one of a name's addresses cannot be bound.
  const auto& listener = options.listener;
  const std::string bind =
      !listener.is_local() ? "" : " " + (listener.host == "localhost" ? "127.0.0.1" : listener.host);
  const auto dir = options.dir.string();
  const auto guard =
      options.guard.empty() ? std::string() : fmt::format(fmt::runtime(guard_lines), fmt::arg("dir", dir));
  auto text = fmt::format(fmt::runtime(head), fmt::arg("dir", dir), fmt::arg("guard", guard),
                          fmt::arg("port", listener.port), fmt::arg("bind", bind));
  if (run_as_user == "root") text += as_root;
  text += fmt::format("user {}\n", run_as_user);
  return text;
}

}  // namespace atlas::broker
