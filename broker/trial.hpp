#pragma once

#include "core/error.hpp"

#include <filesystem>
#include <string>

namespace atlas::broker {

// What a throw-away broker is to be started with.
struct trial_files {
  std::string conf;  // the text of mosquitto.conf
  std::filesystem::path acl;
  std::filesystem::path passwd;
  std::filesystem::path guard;  // as the conf names them, if it does
  std::filesystem::path limits;
  std::filesystem::path server_certificate;
  std::filesystem::path server_key;
  std::filesystem::path ca_certificate;  // empty: the system's CAs
  bool check_name = true;                // whether the server's certificate bears this machine's names
  std::string canary_password;
};

// Starts a broker with these files on a free port of the loopback interface, without persistence, lets the
// canary fly and stops it. An error when the broker does not come up with them or does not refuse the canary.
// Takes about a quarter of a second. `dir` is the broker's folder, where a file is put for the while.
result<void> try_files(const std::filesystem::path& dir, const trial_files& files);

// `conf` for such a broker: its own listener, files and pid file, nothing kept.
std::string trial_conf(const trial_files& files, std::uint16_t port);

}  // namespace atlas::broker
