#pragma once

#include "ingest/notify/notifier.hpp"
#include "ingest/registry_worker.hpp"
#include "web/notify_port.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

namespace atlas::ingest {

// The channels as the dashboard sees them. A test message goes into the audit log before it goes out.
class messages final : public web::messenger {
 public:
  // All outlive this object, and the worker is joined before it goes. `of_worker` is the worker's connection.
  messages(boost::asio::io_context& io, boost::asio::thread_pool& worker, tenants::registry& of_worker,
           const wall_clock& clock, notifier& out)
      : io_(io), worker_(io, worker, of_worker, clock, "notifications"), out_(out) {}

  std::vector<web::channel_report> channels() const override;
  void test_channels(const web::actor& by, std::optional<std::string> channel,
                     std::function<void(result<std::vector<web::channel_outcome>>)> done) override;

 private:
  boost::asio::io_context& io_;
  registry_worker worker_;
  notifier& out_;
};

}  // namespace atlas::ingest
