#pragma once

#include "core/history.hpp"
#include "ingest/store/sample_queue.hpp"
#include "ingest/store/sample_store.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace atlas::ingest::store {

// Runs the store: every quarter of a second it writes what waits in the queue in one transaction, answers
// queries in between, and compacts in slices while nothing else is to be done. The public calls may come from
// any one other thread.
class store_thread {
 public:
  using answer = std::function<void(result<std::vector<history_point>>)>;

  static constexpr std::size_t most_queries = 1'000;

  // Called on the store's thread.
  struct handlers {
    std::function<void(std::vector<host_ack>)> stored;
    std::function<void(std::optional<error>)> trouble;  // it cannot write, or nothing: it can again
  };

  // The references outlive this object.
  store_thread(sample_store& store, sample_queue& queue, handlers told);
  // Writes what waits, if it can.
  ~store_thread();
  store_thread(const store_thread&) = delete;
  store_thread& operator=(const store_thread&) = delete;

  // `done` is called on the store's thread. False when too many wait.
  bool ask(history_query query, answer done);

  sample_store::figures figures() const;

 private:
  struct question {
    history_query query;
    answer done;
  };
  void run();
  void answer_questions();
  void write(std::chrono::steady_clock::time_point now);
  void compact(std::chrono::steady_clock::time_point now);
  void tell(const result<void>& outcome);
  void publish_figures();

  sample_store& store_;
  sample_queue& queue_;
  const handlers told_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::deque<question> questions_;
  bool stopping_ = false;
  sample_store::figures figures_;

  // Of the store's thread:
  std::chrono::steady_clock::time_point next_write_;
  std::chrono::steady_clock::time_point next_acks_;
  std::chrono::steady_clock::time_point next_slice_;
  std::optional<error> trouble_;
  std::thread thread_;
};

}  // namespace atlas::ingest::store
