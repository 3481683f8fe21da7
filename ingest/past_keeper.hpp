#pragma once

#include "core/incident.hpp"
#include "ingest/clock.hpp"
#include "ingest/tenant_service.hpp"
#include "tenants/registry.hpp"

#include <cstddef>
#include <deque>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

namespace atlas::ingest {

// Keeps the past of alerts and hosts in the store: incidents, presence, restarts. Writes go to the worker
// thread, in order, one batch at a time; what cannot be written waits and is tried again every second, up to
// a bound beyond which the oldest goes. Its calls are for the loop thread.
class past_keeper {
 public:
  static constexpr std::size_t most_waiting = 200'000;

  // All outlive this object, and the worker is joined before it goes. `own` is the loop thread's connection,
  // `of_worker` the worker's.
  past_keeper(boost::asio::io_context& io, boost::asio::thread_pool& worker, tenants::registry& own,
              tenants::registry& of_worker, const tenant_service& service, const wall_clock& clock);

  void take(const fleet_effects& effects);
  // Once what an earlier run left is known: closes the incidents that ended meanwhile, opens those that it
  // could not store.
  void settle();
  // Once a second.
  void tick();
  // Writes what waits, at the end.
  void stop();

 private:
  void add(past_step step);
  void write();
  void finish_write(std::vector<past_step> batch, const result<void>& written);
  void prune();
  unix_ms end_of(const incident& open) const;

  boost::asio::io_context& io_;
  boost::asio::thread_pool& worker_;
  tenants::registry& own_;
  tenants::registry& of_worker_;
  const tenant_service& service_;
  const wall_clock& clock_;
  std::deque<past_step> waiting_;
  bool writing_ = false;
  bool stopped_ = false;
  bool failing_ = false;
  unix_ms pruned_{};
};

}  // namespace atlas::ingest
