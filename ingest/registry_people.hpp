#pragma once

#include "ingest/clock.hpp"
#include "tenants/registry.hpp"
#include "web/people.hpp"

#include <cstddef>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

namespace atlas::ingest {

// The people of the registry, read and changed on the worker thread. Its calls are for the loop thread.
class registry_people final : public web::people {
 public:
  static constexpr std::size_t max_waiting = 32;

  // All outlive this object, and the worker is joined before it goes. `of_worker` is the worker's connection.
  registry_people(boost::asio::io_context& io, boost::asio::thread_pool& worker, tenants::registry& of_worker,
                  const wall_clock& clock);

  void list_sessions(std::optional<std::string> user, answer<std::vector<web::session_info>> done) override;
  void end_session(std::string id, std::optional<std::string> user, answer<bool> done) override;

 private:
  // Runs work(registry, now) on the worker thread and hands its result to `done`.
  template <class Value, class Work>
  void run(Work work, answer<Value> done);

  boost::asio::io_context& io_;
  boost::asio::thread_pool& worker_;
  tenants::registry& of_worker_;
  const wall_clock& clock_;
  std::size_t waiting_ = 0;
};

}  // namespace atlas::ingest
