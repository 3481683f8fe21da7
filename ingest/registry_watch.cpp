#include "ingest/registry_watch.hpp"

#include <chrono>
#include <utility>

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

namespace atlas::ingest {

namespace {

constexpr std::chrono::seconds between_readings{2};
constexpr std::uint64_t readings_per_check = 3;  // a check takes the write lock, so it is made less often

}  // namespace

registry_watch::registry_watch(boost::asio::io_context& io, boost::asio::thread_pool& worker,
                               tenants::registry& of_worker, hosts_handler on_hosts)
    : io_(io), worker_(worker), of_worker_(of_worker), on_hosts_(std::move(on_hosts)), timer_(io) {}

void registry_watch::start() { read(); }

void registry_watch::stop() {
  stopped_ = true;
  timer_.cancel();
}

void registry_watch::read() {
  const bool check = readings_++ % readings_per_check == 0;
  boost::asio::post(worker_, [this, check] {
    reading found{of_worker_.hosts(), {}};
    if (check) {
      found.writable = of_worker_.check_writable();
    }
    boost::asio::post(io_, [this, check, found = std::move(found)]() mutable {
      if (stopped_) {
        return;
      }
      if (check) {
        store_.ready = found.writable.has_value();
        store_.detail =
            store_.ready ? std::string{} : found.writable.error().where + ": " + found.writable.error().what;
      }
      finish(std::move(found));
    });
  });
}

void registry_watch::finish(reading found) {
  if (found.hosts) {
    on_hosts_(*found.hosts);
  } else {
    spdlog::error("{}: {}", found.hosts.error().where, found.hosts.error().what);
    store_.ready = false;
    store_.detail = found.hosts.error().where + ": " + found.hosts.error().what;
  }
  timer_.expires_after(between_readings);
  timer_.async_wait([this](const boost::system::error_code& stopped) {
    if (!stopped && !stopped_) {
      read();
    }
  });
}

}  // namespace atlas::ingest
