#pragma once

#include "tenants/registry.hpp"
#include "web/ports.hpp"

#include <functional>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

namespace atlas::ingest {

// Reads the registry every few seconds on the worker thread: which hosts there are, and whether the store
// takes writes. The command line changes the same file. Its calls are for the loop thread.
class registry_watch {
 public:
  using hosts_handler = std::function<void(const std::vector<tenants::registered_host>&)>;

  // All outlive this object, and the worker is joined before it goes. `of_worker` is the worker's connection.
  registry_watch(boost::asio::io_context& io, boost::asio::thread_pool& worker, tenants::registry& of_worker,
                 hosts_handler on_hosts);

  void start();
  void stop();
  // "store": as it was a few seconds ago.
  web::readiness_check readiness() const { return store_; }

 private:
  struct reading {
    result<std::vector<tenants::registered_host>> hosts;
    result<void> writable;
  };
  void read();
  void finish(reading found);

  boost::asio::io_context& io_;
  boost::asio::thread_pool& worker_;
  tenants::registry& of_worker_;
  hosts_handler on_hosts_;
  boost::asio::steady_timer timer_;
  web::readiness_check store_{"store", false, "the store has not been checked yet"};
  std::uint64_t readings_ = 0;
  bool stopped_ = false;
};

}  // namespace atlas::ingest
