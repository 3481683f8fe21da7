#include "ingest/inbox_reader.hpp"

#include "ingest/inbox.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>

namespace atlas::ingest {

inbox_reader::inbox_reader(boost::asio::io_context& io, consumer consume)
    : io_(io), consume_(std::move(consume)), timer_(io) {}

void inbox_reader::wake() {
  if (opened_.load(std::memory_order_acquire)) {
    boost::asio::post(io_, [this] { read(); });
  }
}

void inbox_reader::open(inbox& source) {
  source_ = &source;
  opened_.store(true, std::memory_order_release);
  read();
}

void inbox_reader::close() {
  opened_.store(false, std::memory_order_release);
  source_ = nullptr;
  timer_.cancel();
}

void inbox_reader::read() {
  if (source_ == nullptr || handed_over_ < batch_.size()) {
    return;
  }
  handed_over_ = 0;
  if (source_->take(batch_)) {
    hand_over();
  }
}

void inbox_reader::hand_over() {
  if (source_ == nullptr) {
    return;
  }
  const auto count = std::min(slice, batch_.size() - handed_over_);
  const auto part = std::span(batch_).subspan(handed_over_, count);
  handed_over_ += count;
  consume_(part);
  if (handed_over_ < batch_.size()) {
    boost::asio::post(io_, [this] { hand_over(); });
    return;
  }
  timer_.expires_after(pause);
  timer_.async_wait([this](const boost::system::error_code& stopped) {
    if (!stopped) {
      read();
    }
  });
}

}  // namespace atlas::ingest
