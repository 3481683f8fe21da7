#include "ingest/history_store.hpp"

#include "core/memory_history.hpp"

#include <utility>

namespace atlas::ingest {

result<history_store> history_store::open(boost::asio::io_context& io, const std::filesystem::path& fleet_db,
                                          const tenants::tenant_config& config) {
  history_store made;
  if (config.history.store == "memory") {
    made.port_ = std::make_unique<memory_history>(config.server.history_size);
    return made;
  }
  store::history_options options;
  options.fleet_db = fleet_db;
  options.kept = {config.history.raw_days, config.history.minute_days, config.history.hour_days};
  auto opened = store::sqlite_history::open(io, options);
  if (!opened) {
    return tl::unexpected(opened.error());
  }
  made.durable_ = opened->get();
  made.port_ = *std::move(opened);
  return made;
}

web::readiness_check history_store::readiness() const {
  const auto* problem = durable_ == nullptr || !durable_->trouble() ? nullptr : &*durable_->trouble();
  return {"history", problem == nullptr,
          problem == nullptr ? std::string{} : problem->where + ": " + problem->what};
}

}  // namespace atlas::ingest
