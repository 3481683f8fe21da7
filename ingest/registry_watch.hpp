#pragma once

#include "tenants/registry.hpp"
#include "web/ports.hpp"

#include <functional>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

namespace atlas::ingest {

// Notices within a quarter of a second that hosts have changed in the registry, which the command line
// changes too, and reads them on the worker thread; every few seconds it asks there whether the store takes
// writes. Its calls are for the loop thread.
class registry_watch {
 public:
  using hosts_handler = std::function<void(const std::vector<tenants::registered_host>&)>;

  // All outlive this object, and the worker is joined before it goes. `own` is the loop thread's connection,
  // `of_worker` the worker's.
  registry_watch(boost::asio::io_context& io, boost::asio::thread_pool& worker, tenants::registry& own,
                 tenants::registry& of_worker, hosts_handler on_hosts);

  void start();
  void stop();
  // The next look hands the hosts on whether they have changed or not.
  void read_again() { revision_ = -1; }
  // "store": as it was a few seconds ago. One that could be written stays ready until several checks in a row have
  // failed: another writer may hold the lock a while.
  web::readiness_check readiness() const { return store_; }

 private:
  struct reading {
    result<std::vector<tenants::registered_host>> hosts;
    result<void> writable;
  };
  void look();
  void wait();
  void read(bool check);
  void finish(reading found);
  void judge(const result<void>& writable);
  void set_trouble(const error& problem);

  boost::asio::io_context& io_;
  boost::asio::thread_pool& worker_;
  tenants::registry& own_;
  tenants::registry& of_worker_;
  hosts_handler on_hosts_;
  boost::asio::steady_timer timer_;
  web::readiness_check store_{"store", false, "the store has not been checked yet"};
  std::int64_t revision_ = -1;  // of the hosts that were read; -1: none were
  std::uint64_t looks_ = 0;
  int failed_checks_ = 0;  // since the last one that went well
  bool stopped_ = false;
};

}  // namespace atlas::ingest
