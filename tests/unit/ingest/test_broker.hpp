#pragma once

#include "core/credentials.hpp"
#include "fixtures.hpp"
#include "ingest/mqtt_client.hpp"

#include <memory>
#include <string>

#include <mqtt/client.h>
#include <sys/types.h>

namespace atlas::ingest {

// A real Mosquitto with the product's own certificates, rules and passwords, on a free port of this machine.
class test_broker {
 public:
  test_broker();
  ~test_broker();
  test_broker(const test_broker&) = delete;
  test_broker& operator=(const test_broker&) = delete;

  void start();  // again after kill(): on the same port, with what it has saved
  void stop();   // SIGTERM: it saves its sessions and retained messages
  void kill();   // SIGKILL
  std::uint16_t port() const { return port_; }

  // The service's own place.
  mqtt_options service_options() const;
  // A connected client with a host's credential.
  std::unique_ptr<mqtt::client> connect_host(std::string_view host) const;

 private:
  void signal(int number);

  temporary_dir dir_;
  std::uint16_t port_;
  api_key key_ = api_key::generate();
  pid_t pid_ = 0;
};

}  // namespace atlas::ingest
