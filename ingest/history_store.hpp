#pragma once

#include "core/history.hpp"
#include "ingest/store/sqlite_history.hpp"
#include "tenants/config.hpp"
#include "web/ports.hpp"

#include <filesystem>
#include <memory>

#include <boost/asio/io_context.hpp>

namespace atlas::ingest {

// The history that the configuration chose: the one place that knows which stores there are. Loop thread.
class history_store {
 public:
  // `io` outlives this object.
  static result<history_store> open(boost::asio::io_context& io, const std::filesystem::path& fleet_db,
                                    const tenants::tenant_config& config);

  history& port() const { return *port_; }
  // Nullptr when it keeps nothing for good, and so acknowledges nothing.
  store::sqlite_history* durable() const { return durable_; }
  web::readiness_check readiness() const;

 private:
  std::unique_ptr<history> port_;
  store::sqlite_history* durable_ = nullptr;
};

}  // namespace atlas::ingest
