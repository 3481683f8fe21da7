#pragma once

#include "core/org_id.hpp"
#include "ingest/clock.hpp"
#include "ingest/isolation_round.hpp"
#include "ingest/mqtt_client.hpp"
#include "web/isolation.hpp"
#include "web/ports.hpp"

#include <chrono>
#include <functional>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace atlas::ingest {

// Tries again and again what must fail at the broker, and keeps what came of it. Loop thread.
class canary {
 public:
  // The number of attempts of a finished round that were not refused.
  using verdict_handler = std::function<void(std::size_t breaches)>;

  // `interval` 0: never. The clock outlives this object.
  canary(boost::asio::io_context& io, mqtt_options login, org_id org, std::chrono::seconds interval,
         const wall_clock& clock, verdict_handler on_verdict);

  void start();
  void stop();
  web::isolation_report report() const;
  // "isolation": not required, since the service works without.
  web::readiness_check readiness() const;

 private:
  web::isolation_state state() const;
  void fly_after(std::chrono::milliseconds pause);
  void take(isolation_round::outcome found);

  boost::asio::io_context& io_;
  const mqtt_options login_;
  const org_id org_;
  const std::chrono::seconds interval_;
  const wall_clock& clock_;
  verdict_handler on_verdict_;
  boost::asio::steady_timer timer_;
  std::unique_ptr<isolation_round> round_;  // under way, or the last
  web::isolation_report report_;
  bool stopped_ = false;
};

}  // namespace atlas::ingest
