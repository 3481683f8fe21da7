#pragma once

#include "ingest/clock.hpp"
#include "ingest/key_source.hpp"
#include "tenants/registry.hpp"
#include "tenants/state_root.hpp"
#include "web/ports.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

namespace atlas::ingest {

// Registers hosts that come with an enrolment token, on the worker thread, since each is a write to the disk.
// Its calls are for the loop thread. The broker's password file follows by itself: see `atlas-fleet broker
// sync`.
class registry_enroller final : public web::enroller {
 public:
  static constexpr std::size_t max_waiting = 256;

  // All outlive this object, and the worker is joined before it goes. `of_worker` is the worker's connection.
  registry_enroller(boost::asio::io_context& io, boost::asio::thread_pool& worker,
                    tenants::registry& of_worker, const wall_clock& clock,
                    const tenants::tenant_config& config, key_source& keys, std::filesystem::path ca_file);

  // What hosts that enrol from now on are told.
  void set_report_interval(std::uint32_t seconds) { report_interval_ = seconds; }
  void enroll(web::enrollment_request asked, std::function<void(outcome)> done) override;

 private:
  outcome decide(const web::enrollment_request& asked, unix_ms now) const;  // on the worker thread

  boost::asio::io_context& io_;
  boost::asio::thread_pool& worker_;
  tenants::registry& of_worker_;
  const wall_clock& clock_;
  const org_id org_;
  key_source& keys_;
  const std::string broker_url_;
  std::atomic<std::uint32_t> report_interval_;  // read by the worker
  const std::filesystem::path ca_file_;
  std::size_t waiting_ = 0;
};

}  // namespace atlas::ingest
