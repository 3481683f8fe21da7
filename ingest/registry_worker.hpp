#pragma once

#include "ingest/clock.hpp"
#include "tenants/registry.hpp"
#include "web/people.hpp"

#include <cstddef>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <spdlog/spdlog.h>

namespace atlas::ingest {

// Lets people's requests have the registry on the worker thread, so that the loop does not wait for it: one
// at a time, few waiting. Loop thread.
class registry_worker {
 public:
  static constexpr std::size_t max_waiting = 32;

  // All outlive this object, and the worker is joined before it goes. `of_worker` is the worker's connection;
  // `matter` is what the requests are about, for whoever is refused.
  registry_worker(boost::asio::io_context& io, boost::asio::thread_pool& worker, tenants::registry& of_worker,
                  const wall_clock& clock, std::string matter)
      : io_(io), worker_(worker), of_worker_(of_worker), clock_(clock), matter_(std::move(matter)) {}

  // Runs work(registry, now) on the worker thread, as `by`, and hands its result to `done` on the loop
  // thread.
  template <class Value, class Work>
  void run(web::actor by, Work work, web::people::answer<Value> done);

 private:
  boost::asio::io_context& io_;
  boost::asio::thread_pool& worker_;
  tenants::registry& of_worker_;
  const wall_clock& clock_;
  const std::string matter_;
  std::size_t waiting_ = 0;
};

template <class Value, class Work>
void registry_worker::run(web::actor by, Work work, web::people::answer<Value> done) {
  if (waiting_ >= max_waiting) {
    boost::asio::post(io_, [matter = matter_, done = std::move(done)] {
      done(failure(matter, "too many requests wait: try again in a second"));
    });
    return;
  }
  ++waiting_;
  boost::asio::post(worker_, [this, by = std::move(by), work = std::move(work), now = clock_.now(),
                              done = std::move(done)]() mutable {
    const auto as = of_worker_.acting_as({by.name, by.address});
    result<Value> found = work(of_worker_, now);
    boost::asio::post(io_, [this, found = std::move(found), done = std::move(done)]() mutable {
      --waiting_;
      if (!found) {
        spdlog::error("{}: {}", found.error().where, found.error().what);
      }
      done(std::move(found));
    });
  });
}

}  // namespace atlas::ingest
