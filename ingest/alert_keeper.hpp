#pragma once

#include "ingest/clock.hpp"
#include "ingest/tenant_service.hpp"
#include "tenants/registry.hpp"
#include "web/ports.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

namespace atlas::ingest {

// Keeps in the store what alerts remember and which sample of each host is the newest, and brings the
// organisation's silences, and acknowledgements from the command line, to the fleet. Writes go to the worker
// thread, one batch at a time; while one is under way only the newest state of each alert waits, so there are
// never more than there are alerts. What cannot be written is tried again every second, and alerts go on
// meanwhile. Its calls are for the loop thread.
class alert_keeper {
 public:
  // All outlive this object, and the worker is joined before it goes. `own` is the loop thread's connection,
  // `of_worker` the worker's.
  alert_keeper(boost::asio::io_context& io, boost::asio::thread_pool& worker, tenants::registry& own,
               tenants::registry& of_worker, tenant_service& service, const wall_clock& clock,
               std::string time_zone);

  // Answers what the command line wants to try: calls `done` on the loop thread exactly once.
  using trier = std::function<void(const std::string& question, std::function<void(std::string)> done)>;
  void on_dry_run(trier answer) { try_ = std::move(answer); }

  // Tells the fleet what the run before remembered, and the silences: before any sample.
  result<void> start();
  void put(std::span<const alert_memory> changed);
  // Once a second.
  void tick();
  // Writes what waits, at the end.
  void stop();
  // Silences have changed.
  void read_again() { revision_ = -1; }

  web::readiness_check readiness() const { return store_; }
  std::size_t waiting() const { return waiting_.size(); }

 private:
  struct reading {
    result<std::vector<tenants::stored_silence>> silences;
    result<std::vector<tenants::acknowledgement>> acknowledged;
    result<std::vector<std::pair<std::string, std::string>>> questions;
  };
  void write();
  void finish_write(std::vector<alert_memory> batch, const result<void>& written);
  void read();
  void take(const reading& found);
  void plan();
  void answer(const std::string& id, const std::string& question);
  void write_newest();

  boost::asio::io_context& io_;
  boost::asio::thread_pool& worker_;
  tenants::registry& own_;
  tenants::registry& of_worker_;
  tenant_service& service_;
  const wall_clock& clock_;
  const std::string time_zone_;

  std::unordered_map<std::string, alert_memory> waiting_;  // by the alert's id
  bool writing_ = false;
  bool reading_ = false;
  bool stopped_ = false;
  std::int64_t revision_ = -1;
  std::vector<tenants::stored_silence> silences_;
  unix_ms planned_until_{};
  trier try_;
  std::unordered_set<std::string> tried_;  // ids of questions that are being answered
  std::size_t next_host_ = 0;              // whose newest sample is stored next
  bool writing_newest_ = false;
  web::readiness_check store_{"alerts", true, ""};
};

}  // namespace atlas::ingest
