#include "web/listener.hpp"

#include "web/forwarded.hpp"
#include "web/http_session.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <spdlog/spdlog.h>

namespace atlas::web {

namespace {

using asio::ip::tcp;

constexpr std::chrono::milliseconds pause_after_error{100};
constexpr std::chrono::seconds between_reports{10};

std::string advice(const error_code& failed) {
  if (failed == asio::error::address_in_use) {
    return "address in use by another program: choose another server.port";
  }
  if (failed == asio::error::access_denied) {
    return "this user may not bind it: choose a server.port of 1024 or more";
  }
  if (failed == boost::system::errc::address_not_available) {
    return "no network interface of this machine has this address: mend server.host";
  }
  return failed.message();
}

// Bounds what the kernel holds for a client that asks for much and reads nothing: a few thousand of them
// would use up the memory that it has for all connections of the machine. What is on its way does not count,
// so that a distant reader is as quick as before.
void bound_unsent(tcp_socket& socket) {
  constexpr int unsent_bytes = 32 * 1024;
  constexpr int buffer_bytes = 256 * 1024;
  using unsent_limit = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_NOTSENT_LOWAT>;
  error_code ignored;
  socket.set_option(unsent_limit(unsent_bytes), ignored);
  socket.set_option(asio::socket_base::send_buffer_size(buffer_bytes), ignored);
}

// IPv4 before IPv6 of a name that has both: "localhost" is reached by either in every browser.
result<tcp::endpoint> resolve(asio::io_context& io, const server_options& options) {
  error_code failed;
  tcp::resolver resolver(io);
  const auto found = resolver.resolve(options.address, std::to_string(options.port),
                                      tcp::resolver::passive | tcp::resolver::numeric_service, failed);
  if (failed || found.empty()) {
    return failure(fmt::format("{}:{}", options.address, options.port),
                   fmt::format("the name cannot be resolved ({}): mend server.host", failed.message()));
  }
  const auto v4 =
      std::ranges::find_if(found, [](const auto& one) { return one.endpoint().address().is_v4(); });
  return (v4 == found.end() ? found.begin() : v4)->endpoint();
}

}  // namespace

listener::listener(asio::io_context& io, std::shared_ptr<site> where, std::shared_ptr<certificate> shown)
    : io_(io),
      where_(std::move(where)),
      certificate_(std::move(shown)),
      acceptor_(io.get_executor()),
      pause_(io.get_executor()) {}

result<void> listener::start() {
  const auto endpoint = resolve(io_, where_->options);
  if (!endpoint) {
    return tl::unexpected(endpoint.error());
  }
  error_code failed;
  const auto fine = [&failed] { return !failed; };
  acceptor_.open(endpoint->protocol(), failed);
  if (fine()) {
    acceptor_.set_option(tcp::acceptor::reuse_address(true), failed);
  }
  if (fine() && endpoint->address().is_v6()) {
    acceptor_.set_option(asio::ip::v6_only(false), failed);
  }
  if (fine()) {
    acceptor_.bind(*endpoint, failed);
  }
  if (fine()) {
    acceptor_.listen(asio::socket_base::max_listen_connections, failed);
  }
  if (failed) {
    acceptor_.close();
    return failure(fmt::format("{}:{}", where_->options.address, where_->options.port), advice(failed));
  }
  port_ = acceptor_.local_endpoint().port();
  asio::co_spawn(
      io_.get_executor(), [self = shared_from_this()] { return self->accept_all(); }, asio::detached);
  return {};
}

void listener::stop() {
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  connections_->close_all();
}

task<void> listener::accept_all() {
  const auto self = shared_from_this();
  while (!where_->stopped) {
    tcp_socket socket(io_.get_executor());
    error_code failed;
    auto token = asio::redirect_error(use_task, failed);
    co_await acceptor_.async_accept(socket, token);
    if (where_->stopped) {
      co_return;
    }
    if (!failed) {
      take(std::move(socket));
    } else if (failed != asio::error::connection_aborted) {
      // Out of file descriptors or memory: accepting again at once would only spin.
      report(failed);
      connections_->close_longest_waiting();
      pause_.expires_after(pause_after_error);
      co_await pause_.async_wait(token);
    }
  }
}

void listener::take(tcp_socket socket) {
  error_code failed;
  const auto remote = socket.remote_endpoint(failed).address();
  if (failed) {
    return;  // it has gone already
  }
  const auto& options = where_->options;
  const bool is_of_proxy = is_trusted(address_text(remote), options.trusted_proxies);
  const connection_set::limits most{
      options.max_connections, is_of_proxy ? options.max_connections : options.max_connections_per_address};
  // A client that is slow makes way for one that may not be.
  const auto room = connections_->make_room(origin_of(remote), most);
  where_->counters.rejected_connections += room == connection_set::room::free ? 0 : 1;
  if (room == connection_set::room::none) {
    return;
  }
  socket.set_option(tcp::no_delay(true), failed);
  bound_unsent(socket);
  auto accepted = std::make_shared<connection>(where_, connections_, remote, std::move(socket),
                                               certificate_ ? &certificate_->context() : nullptr);
  asio::co_spawn(io_.get_executor(), serve_connection(std::move(accepted)), asio::detached);
}

void listener::report(const error_code& failed) {
  const auto now = std::chrono::steady_clock::now();
  if (now >= quiet_until_) {
    quiet_until_ = now + between_reports;
    spdlog::warn("{}:{}: cannot accept connections for the moment: {}", where_->options.address, port_,
                 failed.message());
  }
}

}  // namespace atlas::web
