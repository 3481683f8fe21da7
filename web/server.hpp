#pragma once

#include "core/error.hpp"
#include "core/fleet.hpp"
#include "core/history.hpp"
#include "web/server_options.hpp"
#include "web/server_ports.hpp"

#include <cstdint>
#include <memory>

#include <boost/asio/io_context.hpp>

namespace atlas::web {

// HTTP and WebSocket of one organisation on one port. Everything runs on the loop thread of `io`; the
// references outlive the server.
class server {
 public:
  server(boost::asio::io_context& io, server_options options, branding brand, const fleet& hosts,
         const history& samples, const server_ports& ports);
  ~server();

  // Binds and listens; `where` is "address:port". An expired or unreadable certificate is an error here.
  result<void> start();
  // Closes the listener and every connection; the io_context runs out of work afterwards.
  void stop();
  // Takes a certificate that has been renewed on the disk: to be called every second or so.
  void refresh_certificate();
  // Whether the certificate in use and the files are in order; always, without TLS.
  readiness_check certificate_readiness() const;
  std::uint16_t port() const;
  const server_counters& counters() const;

  // The organisation looks otherwise from now on, to browsers that are connected too; it stays the same one.
  void rebrand(branding brand);
  // New machines fetch this file from now on, in place of the one of its name.
  void offer(download file);
  // The fleet has applied an event with these effects: browsers are told at once or within live_interval.
  void publish(const fleet_effects& effects);

 private:
  class impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace atlas::web
