#pragma once

#include "core/ip_network.hpp"
#include "web/downloads.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace atlas::web {

struct server_options {
  std::string address = "127.0.0.1";                 // an IP address or a name to resolve
  std::uint16_t port = 0;                            // 0: any free port, see server::port()
  std::optional<std::filesystem::path> certificate;  // PEM; with private_key: TLS 1.2 or newer
  std::optional<std::filesystem::path> private_key;
  std::filesystem::path ui_dir;  // the built dashboard; may be missing, then /dashboard says so

  std::vector<ip_network> trusted_proxies;  // believed in who asks, and how; they may hold all connections

  downloads agent_files;  // what a new machine fetches

  std::size_t max_connections = 4096;
  std::size_t max_connections_per_address = 512;  // of an IPv4 address or an IPv6 network of 64 bits
  std::size_t max_header_bytes = 8 * 1024;
  std::size_t max_body_bytes = 64 * 1024;
  std::chrono::milliseconds request_timeout{10'000};  // for a whole request, and idle between two
  std::chrono::milliseconds live_interval{250};       // least time between two deltas
  std::chrono::milliseconds view_interval{100};       // least time between two frames of a view
  std::size_t max_live_frames = 8;  // waiting per browser; beyond that it gets a fresh snapshot
  std::size_t max_live_clients = 1024;
  std::chrono::milliseconds live_write_timeout{30'000};  // for one frame to reach a browser
  std::chrono::milliseconds session_check{5'000};        // how often a live connection must still be allowed
  std::size_t max_waiting_logins = 5;
};

struct server_counters {
  std::uint64_t requests = 0;
  std::uint64_t rejected_connections = 0;
  std::uint64_t live_frames_sent = 0;
  std::uint64_t live_resyncs = 0;  // slow browsers brought to the newest state by a snapshot
  std::size_t connections = 0;
  std::size_t live_clients = 0;

  // Logins by what came of them.
  std::uint64_t logins_accepted = 0;
  std::uint64_t logins_refused = 0;    // wrong name or password
  std::uint64_t logins_limited = 0;    // not looked at: too many before
  std::uint64_t logins_unchecked = 0;  // the store did not answer
};

}  // namespace atlas::web
