#pragma once

#include "web/erased_handler.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/role.hpp>

namespace atlas::web {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

// The loop's own executor everywhere: no type erasure on the way of a frame.
using loop_executor = asio::io_context::executor_type;
template <class T>
using task = asio::awaitable<T, loop_executor>;
inline constexpr asio::use_awaitable_t<loop_executor> use_task{};

using tcp_socket = asio::basic_stream_socket<asio::ip::tcp, loop_executor>;

// A TCP connection with or without TLS behind one type, with a deadline. The operations of TCP and of TLS are
// compiled once, in any_stream.cpp: otherwise each of Beast's operations would bring its own copy of both.
class any_stream {
 public:
  using executor_type = loop_executor;
  using io_done = erased_handler<error_code, std::size_t>;
  using step_done = erased_handler<error_code>;

  // With `tls` every byte goes through TLS, once the handshake is done.
  any_stream(tcp_socket socket, asio::ssl::context* tls);
  ~any_stream();
  any_stream(const any_stream&) = delete;
  any_stream& operator=(const any_stream&) = delete;

  executor_type get_executor() const { return executor_; }
  tcp_socket& socket();
  bool has_tls() const;

  // When this span is over the connection is closed, which ends whatever is under way. The newest call
  // counts.
  void expires_after(std::chrono::milliseconds span);
  void expires_never();
  void close();

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return asio::async_initiate<Token, void(error_code, std::size_t)>(start_read{this}, token, buffers);
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return asio::async_initiate<Token, void(error_code, std::size_t)>(start_write{this}, token, buffers);
  }
  // The server's side of TLS.
  template <class Token>
  auto async_handshake(Token&& token) {
    return asio::async_initiate<Token, void(error_code)>(start_handshake{this}, token);
  }
  // Says that nothing more will be sent: TLS's goodbye, or TCP's.
  template <class Token>
  auto async_end_output(Token&& token) {
    return asio::async_initiate<Token, void(error_code)>(start_end{this}, token);
  }

 private:
  struct impl;

  // A part of a long sequence is enough for an operation that transfers "some".
  template <class Buffer>
  struct some_buffers {
    template <class Sequence>
    explicit some_buffers(const Sequence& all) {
      auto at = asio::buffer_sequence_begin(all);
      const auto end = asio::buffer_sequence_end(all);
      for (; at != end && count < parts.size(); ++at) {
        const Buffer one(*at);
        if (one.size() > 0) {
          parts[count++] = one;
        }
      }
    }
    std::span<const Buffer> view() const { return {parts.data(), count}; }
    std::array<Buffer, 8> parts;
    std::size_t count = 0;
  };

  struct start_read {
    any_stream* on;
    template <class Handler, class Buffers>
    void operator()(Handler&& handler, const Buffers& buffers) const {
      const some_buffers<asio::mutable_buffer> some(buffers);
      on->read_some(some.view(), io_done(std::forward<Handler>(handler)));
    }
  };
  struct start_write {
    any_stream* on;
    template <class Handler, class Buffers>
    void operator()(Handler&& handler, const Buffers& buffers) const {
      const some_buffers<asio::const_buffer> some(buffers);
      on->write_some(some.view(), io_done(std::forward<Handler>(handler)));
    }
  };
  struct start_handshake {
    any_stream* on;
    template <class Handler>
    void operator()(Handler&& handler) const {
      on->handshake(step_done(std::forward<Handler>(handler)));
    }
  };
  struct start_end {
    any_stream* on;
    template <class Handler>
    void operator()(Handler&& handler) const {
      on->end_output(step_done(std::forward<Handler>(handler)));
    }
  };

  void read_some(std::span<const asio::mutable_buffer> buffers, io_done done);
  void write_some(std::span<const asio::const_buffer> buffers, io_done done);
  void handshake(step_done done);
  void end_output(step_done done);

  executor_type executor_;
  std::shared_ptr<impl> impl_;  // shared with the deadline's timer
};

// What Beast's WebSocket asks of its transport, found by argument-dependent lookup. Close frames have been
// exchanged when it tears down: nothing is lost, and a TLS goodbye would add nothing.
void beast_close_socket(any_stream& stream);
template <class Handler>
void async_teardown(beast::role_type, any_stream& stream, Handler&& handler) {
  stream.async_end_output(std::forward<Handler>(handler));
}

}  // namespace atlas::web
