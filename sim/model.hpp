#pragma once

#include "core/host_info.hpp"
#include "core/process_list.hpp"
#include "core/sample.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace atlas::sim {

// A machine that does not exist: what it would measure. The same seed gives the same machine and the same
// values.
class machine_model {
 public:
  machine_model(std::uint64_t seed, std::string hostname);

  const host_info& info() const { return info_; }
  // The values after `elapsed` of the machine's own time; calls must not go back. `given_cpu` takes the place
  // of the modelled CPU load. Times, sequence numbers and the like are the caller's.
  sample measure(milliseconds elapsed, std::optional<double> given_cpu);
  // What runs on it, sharing what the newest sample tells of CPU and memory; most CPU first.
  std::vector<process_usage> processes(std::size_t limit) const;

 private:
  double uniform(double least, double most);
  double wave(double hours) const;

  std::mt19937_64 random_;
  host_info info_;
  // What kind of machine it is.
  double base_load_, daily_load_, peak_hour_, jitter_;
  double memory_base_;
  double disk_start_, disk_per_day_;  // percent
  std::uint64_t disk_total_;
  std::uint64_t uptime_start_;
  // Where it is.
  double drift_ = 0;
  double burst_ = 0;
  double memory_drift_ = 0;
  double heat_ = 0;
  std::array<double, 3> load_{};
  milliseconds last_{};
  double newest_cpu_ = 0;  // percent of the machine
  std::uint64_t newest_memory_ = 0;
  bool started_ = false;
};

}  // namespace atlas::sim
