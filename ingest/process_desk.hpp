#pragma once

#include "ingest/intake.hpp"
#include "ingest/mqtt_source.hpp"
#include "ingest/request_desk.hpp"
#include "web/host_desk.hpp"

#include <cstddef>
#include <map>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace atlas::ingest {

// Asks a host for its processes. Who asks while a question to the same host is under way gets the same
// answer.
class process_desk final : public web::host_desk {
 public:
  static constexpr std::size_t max_waiting_per_host = 16;

  // All outlive this object.
  process_desk(boost::asio::io_context& io, mqtt_source& broker, intake& messages);

  void list_processes(const host_id& host, processes_answer done) override;
  void stop();

  const request_desk& requests() const { return requests_; }

 private:
  void finish(const host_id& host, const std::optional<processes_reply>& reply);
  void look_later();

  intake& messages_;
  boost::asio::steady_timer timer_;  // runs while a question is under way
  request_desk requests_;
  std::map<host_id, std::vector<processes_answer>> waiting_;
  bool looks_ = false;
  bool stopped_ = false;
};

}  // namespace atlas::ingest
