#pragma once

#include "ingest/registry_worker.hpp"
#include "tenants/state_root.hpp"
#include "web/settings_port.hpp"

#include <functional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

namespace atlas::ingest {

// The organisation's tenant.json, read and written on the worker thread. Its calls are for the loop thread.
class settings_desk final : public web::settings_port {
 public:
  // Called on the loop thread with the whole configuration after each change of the file, in their order.
  using listener = std::function<void(const tenants::tenant_config&)>;

  // All outlive this object, and the worker is joined before it goes. `of_worker` is the worker's connection.
  settings_desk(boost::asio::io_context& io, boost::asio::thread_pool& worker, tenants::registry& of_worker,
                const wall_clock& clock, tenants::state_root root, std::string slug, listener changed);

  void read_settings(answer<std::string> done) override;
  void change_settings(web::actor by, std::string patch, answer<outcome> done) override;

 private:
  registry_worker worker_;
  const tenants::state_root root_;
  const std::string slug_;
  const listener changed_;
};

}  // namespace atlas::ingest
