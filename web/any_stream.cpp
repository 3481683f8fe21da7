#include "web/any_stream.hpp"

#include <optional>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>

namespace atlas::web {

namespace {

using clock = std::chrono::steady_clock;
using timer = asio::basic_waitable_timer<clock, asio::wait_traits<clock>, loop_executor>;

// Asio's operations copy their buffers' description: 8 buffers of a span fit in place.
template <class Buffer>
struct buffer_view {
  using value_type = Buffer;
  using const_iterator = const Buffer*;
  const_iterator begin() const { return parts.data(); }
  const_iterator end() const { return parts.data() + count; }
  std::array<Buffer, 8> parts;
  std::size_t count = 0;
};

template <class Buffer>
buffer_view<Buffer> copy_of(std::span<const Buffer> buffers) {
  buffer_view<Buffer> copy;
  for (const auto& one : buffers.first(std::min(buffers.size(), copy.parts.size()))) {
    copy.parts.at(copy.count++) = one;
  }
  return copy;
}

}  // namespace

struct any_stream::impl : std::enable_shared_from_this<any_stream::impl> {
  impl(tcp_socket given, asio::ssl::context* context)
      : socket(std::move(given)), deadline_timer(socket.get_executor()) {
    if (context != nullptr) {
      tls.emplace(socket, *context);
    }
  }

  // One wait serves many deadlines: moving the deadline back costs nothing until the wait ends.
  void watch() {
    if (watching) {
      return;
    }
    watching = true;
    watched = deadline;
    deadline_timer.expires_at(deadline);
    deadline_timer.async_wait([weak = weak_from_this()](const error_code& cancelled) {
      if (const auto self = weak.lock()) {
        self->watching = false;
        self->on_time(cancelled);
      }
    });
  }

  void on_time(const error_code& cancelled) {
    if (!socket.is_open() || deadline == clock::time_point::max()) {
      return;
    }
    if (!cancelled && clock::now() >= deadline) {
      close();
    } else {
      watch();
    }
  }

  void close() {
    error_code ignored;
    socket.close(ignored);
    deadline_timer.cancel();
  }

  tcp_socket socket;
  std::optional<asio::ssl::stream<tcp_socket&>> tls;
  timer deadline_timer;
  clock::time_point deadline = clock::time_point::max();
  clock::time_point watched;
  bool watching = false;
};

any_stream::any_stream(tcp_socket socket, asio::ssl::context* tls)
    : executor_(socket.get_executor()), impl_(std::make_shared<impl>(std::move(socket), tls)) {}

any_stream::~any_stream() { impl_->close(); }

tcp_socket& any_stream::socket() { return impl_->socket; }
bool any_stream::has_tls() const { return impl_->tls.has_value(); }

void any_stream::expires_after(std::chrono::milliseconds span) {
  impl_->deadline = clock::now() + span;
  if (impl_->watching && impl_->deadline < impl_->watched) {
    impl_->deadline_timer.cancel();  // its handler watches the new one
  } else {
    impl_->watch();
  }
}

void any_stream::expires_never() {
  impl_->deadline = clock::time_point::max();
  impl_->deadline_timer.cancel();
}

void any_stream::close() { impl_->close(); }

void any_stream::read_some(std::span<const asio::mutable_buffer> buffers, io_done done) {
  if (impl_->tls) {
    impl_->tls->async_read_some(copy_of(buffers), std::move(done));
  } else {
    impl_->socket.async_read_some(copy_of(buffers), std::move(done));
  }
}

void any_stream::write_some(std::span<const asio::const_buffer> buffers, io_done done) {
  if (impl_->tls) {
    impl_->tls->async_write_some(copy_of(buffers), std::move(done));
  } else {
    impl_->socket.async_write_some(copy_of(buffers), std::move(done));
  }
}

void any_stream::handshake(step_done done) {
  if (impl_->tls) {
    impl_->tls->async_handshake(asio::ssl::stream_base::server, std::move(done));
  } else {
    asio::post(executor_, [done = std::move(done)]() mutable { done(error_code{}); });
  }
}

void any_stream::end_output(step_done done) {
  if (impl_->tls) {
    impl_->tls->async_shutdown(std::move(done));
    return;
  }
  error_code failed;
  impl_->socket.shutdown(tcp_socket::shutdown_send, failed);
  asio::post(executor_, [failed, done = std::move(done)]() mutable { done(failed); });
}

void beast_close_socket(any_stream& stream) { stream.close(); }

}  // namespace atlas::web
