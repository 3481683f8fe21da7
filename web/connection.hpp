#pragma once

#include "web/any_stream.hpp"
#include "web/response.hpp"
#include "web/site.hpp"

#include <list>
#include <memory>
#include <optional>

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>

namespace atlas::web {

class connection;

// All open connections of a server, and which of them wait for a request, longest first. Loop thread.
class connection_set {
 public:
  std::size_t size() const { return all_.size(); }
  // Closes the connection that has waited longest for a whole request; false when none waits.
  bool close_longest_waiting();
  void close_all();

 private:
  friend class connection;
  std::list<connection*> all_;
  std::list<connection*> waiting_;
};

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
  connection(std::shared_ptr<site> at, std::shared_ptr<connection_set> among, tcp_socket socket,
             asio::ssl::context* tls);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  // Ends whatever the connection waits for.
  void close();
  void begin_waiting();
  void end_waiting();
  // Deadline for everything that follows on the stream, until the next call.
  void expires_after(std::chrono::milliseconds span) { stream.expires_after(span); }

  std::shared_ptr<site> where;
  any_stream stream;
  beast::flat_buffer input;
  std::shared_ptr<pending_reply> reply;

 private:
  std::shared_ptr<connection_set> among_;
  std::optional<std::list<connection*>::iterator> place_;
  std::optional<std::list<connection*>::iterator> waiting_place_;
};

}  // namespace atlas::web
