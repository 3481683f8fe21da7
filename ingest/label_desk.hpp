#pragma once

#include "ingest/registry_worker.hpp"
#include "ingest/tenant_service.hpp"
#include "web/label_port.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

namespace atlas::ingest {

// Notes and tags of hosts, kept in the registry, which is written on the worker thread. Its calls are for the
// loop thread.
class label_desk final : public web::label_port {
 public:
  // All outlive this object, and the worker is joined before it goes. `of_worker` is the worker's connection.
  label_desk(boost::asio::io_context& io, boost::asio::thread_pool& worker, tenants::registry& of_worker,
             const wall_clock& clock, tenant_service& service);

  void label_host(web::actor by, host_id host, host_label_change asked, answer<bool> done) override;

 private:
  registry_worker worker_;
  tenant_service& service_;
};

}  // namespace atlas::ingest
