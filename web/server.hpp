#pragma once

#include "core/error.hpp"
#include "core/fleet.hpp"
#include "core/history.hpp"
#include "web/ports.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>

namespace atlas::web {

struct server_options {
  std::string address = "127.0.0.1";                 // an IP address or a name to resolve
  std::uint16_t port = 0;                            // 0: any free port, see server::port()
  std::optional<std::filesystem::path> certificate;  // PEM; with private_key: TLS 1.2 or newer
  std::optional<std::filesystem::path> private_key;
  std::filesystem::path ui_dir;  // the built dashboard; may be missing, then /dashboard says so

  std::size_t max_connections = 4096;
  std::size_t max_header_bytes = 8 * 1024;
  std::size_t max_body_bytes = 64 * 1024;
  std::chrono::milliseconds request_timeout{10'000};  // for a whole request, and idle between two
  std::chrono::milliseconds live_interval{250};       // least time between two deltas
  std::size_t max_live_frames = 8;  // waiting per browser; beyond that it gets a fresh snapshot
};

struct server_counters {
  std::uint64_t requests = 0;
  std::uint64_t rejected_connections = 0;
  std::uint64_t live_frames_sent = 0;
  std::uint64_t live_resyncs = 0;  // slow browsers brought to the newest state by a snapshot
  std::size_t connections = 0;
  std::size_t live_clients = 0;
};

// HTTP and WebSocket of one organisation on one port. Everything runs on the loop thread of `io`; the
// references outlive the server.
class server {
 public:
  server(boost::asio::io_context& io, server_options options, branding brand, const fleet& hosts,
         const history& samples, authenticator& auth, service& backend);
  ~server();

  // Binds and listens; `where` is "address:port". An expired or unreadable certificate is an error here.
  result<void> start();
  // Closes the listener and every connection; the io_context runs out of work afterwards.
  void stop();
  std::uint16_t port() const;
  const server_counters& counters() const;

  // The fleet has applied an event with these effects: browsers are told at once or within live_interval.
  void publish(const fleet_effects& effects);

 private:
  class impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace atlas::web
