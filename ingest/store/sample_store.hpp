#pragma once

#include "core/error.hpp"
#include "core/history.hpp"
#include "ingest/store/compactor.hpp"
#include "ingest/store/history_database.hpp"
#include "ingest/store/history_reader.hpp"
#include "ingest/store/history_writer.hpp"
#include "ingest/store/host_shelf.hpp"
#include "ingest/store/metric_dictionary.hpp"
#include "ingest/store/sample_queue.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace atlas::ingest::store {

// When a round of compaction begins by itself.
struct round_rules {
  std::chrono::milliseconds between = std::chrono::hours(1);
  std::size_t tail_bytes = std::size_t{64} * 1024 * 1024;        // earlier, with so much in the tails
  std::size_t most_tail_bytes = std::size_t{192} * 1024 * 1024;  // and with so much no more samples are taken
};

// The history of one organisation in its fleet.db: what the store's thread does, without the thread.
class sample_store {
 public:
  // Reads what an earlier run left; throws SQLite::Exception. The dictionary outlives this object.
  sample_store(const std::filesystem::path& fleet_db, metric_dictionary& metrics, retention kept,
               round_rules rounds);

  // Calls visit() with each host and the numbers of its metrics.
  void each_host(const std::function<void(const host_id&, const std::vector<std::uint32_t>&)>& visit);

  // Takes from the queue what there is room for: queries see it at once. `now` is this machine's time in ms.
  void take(sample_queue& queue, std::int64_t now);
  // Makes durable what was taken. After an error what was taken stays, and is tried again with the next call.
  result<void> commit(std::int64_t now);
  // Whether something from the queue has to wait for the next commit().
  bool has_untaken() const { return taken_ < batch_.entries.size(); }
  // Of hosts that were heard of since the last call and whose samples are all durable.
  std::vector<host_ack> take_acks();

  // Begins a round of compaction when it is time for one; true while there is one. Not before all is durable.
  bool wants_compaction(std::chrono::steady_clock::time_point now);
  void begin_compaction(std::chrono::steady_clock::time_point now);
  bool is_compacting() const { return compactor_.is_running(); }
  result<void> compact(std::chrono::microseconds slice, std::int64_t now);

  result<std::vector<history_point>> query(const history_query& query);

  struct figures {
    std::uint64_t stored = 0;
    std::uint64_t repeated = 0;
    std::uint64_t tail_samples = 0;
    std::uint64_t tail_bytes = 0;
    std::uint64_t backlog = 0;  // hosts
    std::uint64_t damaged = 0;
    std::uint64_t file_bytes = 0;
  };
  figures counted() const;

 private:
  template <class Action>
  auto attempt(Action action) -> decltype(action());

  metric_dictionary& metrics_;
  const round_rules rounds_;
  history_database db_;
  host_shelf hosts_;
  history_writer writer_;
  compactor compactor_;
  history_reader reader_;
  sample_batch batch_;
  std::size_t taken_ = 0;  // of the batch
  std::chrono::steady_clock::time_point next_round_;
};

}  // namespace atlas::ingest::store
