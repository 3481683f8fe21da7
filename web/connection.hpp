#pragma once

#include "web/any_stream.hpp"
#include "web/connection_set.hpp"
#include "web/response.hpp"
#include "web/site.hpp"

#include <memory>
#include <optional>
#include <string>

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>

namespace atlas::web {

// The response to the request at hand, which a handler may give later.
struct pending_reply {
  explicit pending_reply(const loop_executor& on) : wake(on) {}
  std::optional<response> value;
  asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>,
                             loop_executor>
      wake;
};

// One TCP connection from its acceptance to its end, whatever it speaks. Kept alive by the coroutine that
// serves it.
class connection {
 public:
  connection(std::shared_ptr<site> at, std::shared_ptr<connection_set> among, const asio::ip::address& remote,
             tcp_socket socket, asio::ssl::context* tls);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  // Ends whatever the connection waits for.
  void close();
  // From here on it is the client that keeps the connection open, and it may be closed to make way.
  void begin_waiting();
  void end_waiting();
  // Takes one of its address's places for a live feed, which nothing closes to make way; false when all are
  // taken. They are half of the address's places: its other visitors must get in too.
  bool become_live();
  // Deadline for everything that follows on the stream, until the next call.
  void expires_after(std::chrono::milliseconds span) { stream.expires_after(span); }

  std::shared_ptr<site> where;
  const std::string peer;  // IP address; an IPv4 address as such
  const bool is_of_proxy;  // of many people: the bounds of one address do not hold for it
  bool encrypted;          // as the newest request came
  any_stream stream;
  beast::flat_buffer input;
  std::shared_ptr<pending_reply> reply;

 private:
  std::shared_ptr<connection_set> among_;
  std::optional<connection_set::place> place_;
};

}  // namespace atlas::web
