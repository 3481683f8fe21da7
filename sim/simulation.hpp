#pragma once

#include "agent/ca_source.hpp"
#include "agent/wake_pipe.hpp"
#include "sim/host.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

namespace atlas::sim {

struct simulation_plan {
  host_settings settings;
  std::vector<login> roster;
  std::optional<trace> recorded;  // for the first host
  bool loop = false;
  std::optional<milliseconds> duration;
  std::uint64_t seed = 1;
};

// How far it is, or was at the end.
struct simulation_report {
  std::size_t hosts = 0;
  std::size_t connected = 0;
  std::size_t ever_connected = 0;
  host_counts total;
  double seconds = 0;
  std::string problem;  // of one of those that are not connected; may be empty
};

// All hosts, on the calling thread and Paho's two.
class simulation {
 public:
  // `wake` ends a wait; it outlives this object.
  simulation(simulation_plan plan, const agent::wake_pipe& wake);

  // Until the duration is over, the trace has ended or `stop` is set and `wake` woken; then everything that
  // is pending is delivered, within a few seconds. Calls `on_progress` once a second.
  simulation_report run(const std::atomic<bool>& stop,
                        const std::function<void(const simulation_report&)>& on_progress);

 private:
  void step_what_is_due(monotonic_time now);
  void step(std::size_t index, monotonic_time now);
  bool is_over(monotonic_time now) const;
  void stop_all();
  simulation_report report(monotonic_time now) const;

  const simulation_plan plan_;
  const agent::wake_pipe& wake_;
  const monotonic_time began_;
  std::mutex mutex_;
  std::vector<std::size_t> woken_;  // hosts whose clients have events
  std::set<std::pair<monotonic_time, std::size_t>> due_;
  std::vector<monotonic_time> due_of_;
  std::size_t connecting_ = 0;
  std::vector<std::unique_ptr<simulated_host>> hosts_;
};

}  // namespace atlas::sim
