#pragma once

#include "broker/canary.hpp"
#include "broker/certificates.hpp"
#include "broker/conf.hpp"
#include "core/error.hpp"

#include <filesystem>
#include <string>

#include <sys/types.h>

namespace atlas::broker {

// Where everything is in the broker's folder; files.hpp says what.
struct layout {
  std::filesystem::path dir;

  std::filesystem::path conf() const { return dir / "mosquitto.conf"; }
  std::filesystem::path acl() const { return dir / "acl"; }
  std::filesystem::path passwd() const { return dir / "passwd"; }
  std::filesystem::path guard() const { return dir / "atlas-guard.so"; }
  std::filesystem::path limits() const { return dir / "limits.json"; }
  std::filesystem::path canary_secret() const { return dir / "canary.secret"; }
  std::filesystem::path pid_file() const { return dir / "mosquitto.pid"; }
  std::filesystem::path data() const { return dir / "data"; }
  std::filesystem::path database() const { return data() / "mosquitto.db"; }
  std::filesystem::path certs() const { return dir / "certs"; }
  std::filesystem::path ca_certificate() const { return certs() / "ca.crt"; }
  std::filesystem::path ca_key() const { return certs() / "ca.key"; }
  std::filesystem::path server_certificate() const { return certs() / "server.crt"; }
  std::filesystem::path server_key() const { return certs() / "server.key"; }
};

result<certificate_texts> read_certificates(const layout& files);

// The running broker as the canary reaches it from this machine.
canary_target make_canary_target(const broker_options& options, bool own_ca, bool has_ca_certificate,
                                 std::string password);

// What is said of a broker that takes a foreign publish.
tl::unexpected<error> open_broker(pid_t pid);

}  // namespace atlas::broker
