#pragma once

#include "core/history.hpp"
#include "core/sample_metrics.hpp"
#include "ingest/store/sample_queue.hpp"
#include "ingest/store/sample_store.hpp"
#include "ingest/store/store_thread.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/asio/io_context.hpp>

namespace atlas::ingest::store {

struct history_options {
  std::filesystem::path fleet_db;  // brought up to date by tenants::registry::open()
  retention kept;
  round_rules rounds;
  sample_queue::limits queue;
};

// History in the organisation's fleet.db. Loop thread; the work is done on a thread of its own. Answers and
// events that are still on their way when this object goes do not come any more.
class sqlite_history final : public history {
 public:
  using stored_handler = std::function<void(std::vector<host_ack>)>;

  // Reads what an earlier run has left: tens of milliseconds for each million samples that were not
  // compacted.
  static result<std::unique_ptr<sqlite_history>> open(boost::asio::io_context& io,
                                                      const history_options& options);
  ~sqlite_history() override;

  // Called on the loop when samples have become durable.
  void on_stored(stored_handler handler) { on_stored_ = std::move(handler); }

  void append(const host_id& host, const sample& value) override;
  void erase(const host_id& host) override;
  void query(history_query query,
             std::function<void(result<std::vector<history_point>>)> done) const override;
  std::vector<std::string> metrics(const host_id& host) const override;

  // Why nothing is written at present, and what to do.
  const std::optional<error>& trouble() const { return trouble_; }
  sample_store::figures figures() const { return thread_->figures(); }
  std::size_t waiting() const { return queue_.size(); }
  std::uint64_t dropped() const { return queue_.dropped(); }

 private:
  // What is known of a host: enough to hand over its next sample without looking at names.
  struct known_host {
    sample_shape shape;
    std::vector<bool> kept;  // of the shape's values, whether each is kept
    std::shared_ptr<const sample_source> source;
    std::set<std::uint32_t> metrics;
  };

  sqlite_history(boost::asio::io_context& io, const history_options& options);
  void adopt(const host_id& id, known_host& host, const sample& value);
  std::shared_ptr<const metric_list> shared(metric_list metrics);

  boost::asio::io_context& io_;
  stored_handler on_stored_;
  metric_dictionary names_;
  sample_queue queue_;
  sample_store store_;
  std::unordered_map<host_id, known_host> hosts_;
  std::map<metric_list, std::weak_ptr<const metric_list>> lists_;
  std::size_t lists_limit_ = 1'000;  // when there are so many, those that are not used are forgotten
  std::optional<error> trouble_;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
  std::unique_ptr<store_thread> thread_;  // ends first
};

}  // namespace atlas::ingest::store
