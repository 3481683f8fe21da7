#include "ingest/registry_watch.hpp"

#include <chrono>
#include <utility>

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

namespace atlas::ingest {

namespace {

constexpr std::chrono::milliseconds between_looks{250};
constexpr std::uint64_t looks_per_check = 24;  // a check takes the write lock, so it is made less often
constexpr std::uint64_t looks_per_check_in_doubt = 4;
constexpr int failures_until_trouble = 3;

}  // namespace

registry_watch::registry_watch(boost::asio::io_context& io, boost::asio::thread_pool& worker,
                               tenants::registry& own, tenants::registry& of_worker, hosts_handler on_hosts)
    : io_(io),
      worker_(worker),
      own_(own),
      of_worker_(of_worker),
      on_hosts_(std::move(on_hosts)),
      timer_(io) {}

void registry_watch::start() { look(); }

void registry_watch::stop() {
  stopped_ = true;
  timer_.cancel();
}

void registry_watch::look() {
  const bool check = looks_++ % (failed_checks_ > 0 ? looks_per_check_in_doubt : looks_per_check) == 0;
  const auto revision = own_.host_revision();
  if (!revision) {
    set_trouble(revision.error());
  } else if (check || *revision != revision_) {
    // Before the hosts are read: what comes in between is read once more.
    revision_ = *revision;
    return read(check);
  }
  wait();
}

void registry_watch::wait() {
  timer_.expires_after(between_looks);
  timer_.async_wait([this](const boost::system::error_code& stopped) {
    if (!stopped && !stopped_) {
      look();
    }
  });
}

void registry_watch::read(bool check) {
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
        judge(found.writable);
      }
      finish(std::move(found));
    });
  });
}

void registry_watch::finish(reading found) {
  if (found.hosts) {
    on_hosts_(*found.hosts);
  } else {
    set_trouble(found.hosts.error());
  }
  wait();
}

void registry_watch::judge(const result<void>& writable) {
  if (writable) {
    failed_checks_ = 0;
    store_.ready = true;
    store_.detail.clear();
  } else if (++failed_checks_ >= failures_until_trouble || !store_.ready) {
    set_trouble(writable.error());
  }
}

void registry_watch::set_trouble(const error& problem) {
  auto text = problem.where + ": " + problem.what;
  if (store_.ready || store_.detail != text) {
    spdlog::error("{}", text);
  }
  store_.ready = false;
  store_.detail = std::move(text);
}

}  // namespace atlas::ingest
