#include "web/connection.hpp"

#include "web/forwarded.hpp"

#include <algorithm>
#include <utility>

namespace atlas::web {

connection::connection(std::shared_ptr<site> at, std::shared_ptr<connection_set> among,
                       const asio::ip::address& remote, tcp_socket socket, asio::ssl::context* tls)
    : where(std::move(at)),
      peer(address_text(remote)),
      is_of_proxy(is_trusted(peer, where->options.trusted_proxies)),
      encrypted(tls != nullptr),
      stream(std::move(socket), tls),
      input(where->options.max_header_bytes),
      among_(std::move(among)),
      place_(among_->add(*this, origin_of(remote))) {}

connection::~connection() { close(); }

void connection::close() {
  if (place_) {
    among_->remove(*place_);
    place_.reset();
  }
  stream.close();
  if (reply) {
    reply->wake.cancel();
  }
}

void connection::begin_waiting() {
  if (place_ && !place_->waiting) {
    among_->begin_waiting(*this, *place_);
  }
}

void connection::end_waiting() {
  if (place_) {
    among_->end_waiting(*place_);
  }
}

bool connection::become_live() {
  const auto& options = where->options;
  const auto most = is_of_proxy ? options.max_live_clients
                                : std::max<std::size_t>(1, options.max_connections_per_address / 2);
  return place_ && connection_set::become_live(*place_, most);
}

}  // namespace atlas::web
