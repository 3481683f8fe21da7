#pragma once

#include "core/alert_replay.hpp"
#include "core/fleet.hpp"
#include "core/history.hpp"
#include "web/alert_desk.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

namespace atlas::ingest {

// What an alert rule would have said in the last days: asks the history for one series after the other, and
// steps the alert machine over each. Loop thread; between two series other work runs.
class dry_run : public std::enable_shared_from_this<dry_run> {
 public:
  using handler = std::function<void(std::string)>;  // the answer's JSON

  // The references outlive this object.
  static void start(boost::asio::io_context& io, const fleet& hosts, const history& samples,
                    const fleet_rules& rules, web::dry_run_question question, unix_ms now, handler done);
  // Why this rule cannot be tried; empty when it can.
  static std::string refusal(alert_rule rule);

 private:
  // One alert of one host: the metrics whose largest value counts, and what a value is to be divided by.
  struct series_job {
    host_id host;
    std::string instance;
    std::vector<std::string> metrics;
    double divisor = 1;
    std::shared_ptr<const host_rules> rules;
  };
  dry_run(boost::asio::io_context& io, const history& samples, const fleet_rules& rules,
          web::dry_run_question question, unix_ms now, handler done);
  void collect(const fleet& hosts, rule_book& book);
  void add_jobs(const host_state& host, const std::shared_ptr<const host_rules>& rules);
  void next();
  void take(std::vector<history_point> points);
  void finish_series();
  std::string answer() const;

  boost::asio::io_context& io_;
  const history& history_;
  alert_timing timing_;
  web::dry_run_question question_;
  unix_ms from_;
  unix_ms to_;
  handler done_;
  std::size_t hosts_ = 0;
  std::vector<series_job> jobs_;
  std::size_t at_job_ = 0;
  std::size_t at_metric_ = 0;
  std::vector<history_point> points_;  // of the job that is under way
  std::vector<replay_firing> firings_;
};

}  // namespace atlas::ingest
