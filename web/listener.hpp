#pragma once

#include "core/error.hpp"
#include "web/certificate.hpp"
#include "web/connection.hpp"

#include <cstdint>
#include <memory>
#include <string>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>

namespace atlas::web {

// Accepts connections and starts a coroutine for each. Survives every error of accepting.
class listener : public std::enable_shared_from_this<listener> {
 public:
  listener(asio::io_context& io, std::shared_ptr<site> where, std::shared_ptr<certificate> shown);

  // Binds, listens and begins to accept.
  result<void> start();
  void stop();
  std::uint16_t port() const { return port_; }
  std::size_t connections() const { return connections_->size(); }

 private:
  using acceptor = asio::basic_socket_acceptor<asio::ip::tcp, loop_executor>;
  using timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                           asio::wait_traits<std::chrono::steady_clock>, loop_executor>;

  task<void> accept_all();
  void take(tcp_socket socket);
  void report(const error_code& failed);

  asio::io_context& io_;
  std::shared_ptr<site> where_;
  std::shared_ptr<certificate> certificate_;  // none: plain HTTP
  std::shared_ptr<connection_set> connections_ = std::make_shared<connection_set>();
  acceptor acceptor_;
  timer pause_;
  std::chrono::steady_clock::time_point quiet_until_;
  std::uint16_t port_ = 0;
};

}  // namespace atlas::web
