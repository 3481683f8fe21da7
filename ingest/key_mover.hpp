#pragma once

#include "core/fleet.hpp"
#include "ingest/intake.hpp"
#include "ingest/key_source.hpp"
#include "ingest/mqtt_source.hpp"
#include "ingest/registry_watch.hpp"
#include "ingest/rekeyer.hpp"

#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

namespace atlas::ingest {

// Gives the rekeyer its time, its keys, the broker and the registry, whose writes are made on the worker
// thread. Its calls are for the loop thread.
class key_mover {
 public:
  // All outlive this object, and the worker is joined before it goes. `of_worker` is the worker's connection.
  key_mover(boost::asio::io_context& io, boost::asio::thread_pool& worker, tenants::registry& of_worker,
            key_source& keys, const fleet& hosts, mqtt_source& broker, intake& messages,
            registry_watch& registry);

  void start() { tick(); }
  void stop();
  // The registry as it was read.
  void sync_hosts(const std::vector<tenants::registered_host>& hosts);

  const rekeyer& state() const { return rekeyer_; }

 private:
  rekeyer::ports make_ports(const fleet& hosts, mqtt_source& broker);
  void move(std::vector<host_id> hosts, std::string from);
  void tick();

  boost::asio::io_context& io_;
  boost::asio::thread_pool& worker_;
  tenants::registry& of_worker_;
  key_source& keys_;
  intake& messages_;
  registry_watch& registry_;
  boost::asio::steady_timer timer_;
  std::shared_ptr<const tenants::key_ring> known_;
  rekeyer rekeyer_;
  bool stopped_ = false;
};

}  // namespace atlas::ingest
