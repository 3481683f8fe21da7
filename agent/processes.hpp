#pragma once

#include "core/process_list.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace atlas::agent {

// Waits between the two readings that CPU is measured over and says how long; nothing to give up.
using reading_pause = std::function<std::optional<std::chrono::duration<double>>()>;

// The `limit` processes that need most CPU and the `limit` that have most memory, those with most CPU first.
// `root` as of the collectors. In linux/ and macos/.
result<std::vector<process_usage>> top_processes(const std::string& root, std::size_t limit,
                                                 const reading_pause& pause);

// Of all of them, those that top_processes() promises.
std::vector<process_usage> choose_top(std::vector<process_usage> all, std::size_t limit);

// Lists the processes on a thread of its own, so that samples come on time. One list at a time.
class process_watch {
 public:
  struct outcome {
    std::string correlation;  // as it was started with
    processes_reply reply;
  };

  // CPU is measured over this time.
  explicit process_watch(std::chrono::milliseconds between_readings = std::chrono::seconds{1})
      : between_readings_(between_readings) {}
  ~process_watch();  // ends a list under way
  process_watch(const process_watch&) = delete;
  process_watch& operator=(const process_watch&) = delete;

  // False, and nothing happens, while one is under way. `on_done` is called on the watch's thread.
  bool start(const std::string& root, std::size_t limit, std::string correlation,
             std::function<void()> on_done);
  // What has been listed, once.
  std::optional<outcome> take();

 private:
  std::optional<std::chrono::duration<double>> wait();

  std::chrono::milliseconds between_readings_;
  std::thread thread_;
  outcome outcome_;  // the thread's until done_
  std::atomic<bool> done_{false};
  std::mutex mutex_;
  std::condition_variable ended_;
  bool end_ = false;
};

}  // namespace atlas::agent
