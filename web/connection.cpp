#include "web/connection.hpp"

#include <utility>

namespace atlas::web {

bool connection_set::close_longest_waiting() {
  if (waiting_.empty()) {
    return false;
  }
  waiting_.front()->close();
  return true;
}

void connection_set::close_all() {
  while (!all_.empty()) {
    all_.front()->close();
  }
}

connection::connection(std::shared_ptr<site> at, std::shared_ptr<connection_set> among, tcp_socket socket,
                       asio::ssl::context* tls)
    : where(std::move(at)),
      stream(std::move(socket), tls),
      input(where->options.max_header_bytes),
      among_(std::move(among)),
      place_(among_->all_.insert(among_->all_.end(), this)) {}

connection::~connection() { close(); }

void connection::close() {
  end_waiting();
  if (place_) {
    among_->all_.erase(*place_);
    place_.reset();
  }
  stream.close();
  if (reply) {
    reply->wake.cancel();
  }
}

void connection::begin_waiting() {
  if (place_ && !waiting_place_) {
    waiting_place_ = among_->waiting_.insert(among_->waiting_.end(), this);
  }
}

void connection::end_waiting() {
  if (waiting_place_) {
    among_->waiting_.erase(*waiting_place_);
    waiting_place_.reset();
  }
}

}  // namespace atlas::web
