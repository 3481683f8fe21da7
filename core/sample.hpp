#pragma once

#include "core/unix_time.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace atlas {

// One measurement of one host, as topics.md defines it on the wire. Sizes are bytes, rates bytes per second,
// `percent` is 0 to 100. An absent optional or an empty vector means that the host does not report it.

struct cpu_sample {
  double percent = 0;
  std::vector<double> cores;                  // percent of each logical CPU
  std::optional<std::array<double, 3>> load;  // 1, 5 and 15 minutes
  std::optional<double> iowait;               // percent
  std::optional<double> steal;                // percent
  friend bool operator==(const cpu_sample&, const cpu_sample&) = default;
};

struct memory_sample {
  double percent = 0;
  std::optional<std::uint64_t> total;
  std::optional<std::uint64_t> used;
  std::optional<std::uint64_t> available;
  std::optional<std::uint64_t> swap_total;
  std::optional<std::uint64_t> swap_used;
  friend bool operator==(const memory_sample&, const memory_sample&) = default;
};

struct disk_sample {
  std::string mount;
  std::string device;
  std::string fs;
  std::uint64_t total = 0;
  std::uint64_t used = 0;
  double percent = 0;
  std::optional<double> read_bps;
  std::optional<double> write_bps;
  friend bool operator==(const disk_sample&, const disk_sample&) = default;
};

struct network_sample {
  std::string name;
  double rx_bps = 0;
  double tx_bps = 0;
  friend bool operator==(const network_sample&, const network_sample&) = default;
};

struct temperature_sample {
  std::string name;
  double celsius = 0;
  friend bool operator==(const temperature_sample&, const temperature_sample&) = default;
};

struct battery_sample {
  double percent = 0;
  bool charging = false;
  friend bool operator==(const battery_sample&, const battery_sample&) = default;
};

struct sample {
  unix_ms ts{};                      // by the agent's clock
  std::optional<std::uint64_t> seq;  // counts up by one within a boot
  std::uint32_t skipped = 0;         // numbers directly before seq that the publisher has given up
  std::string boot;                  // identifies one run of the agent; empty when the publisher sends none
  std::optional<double> interval;    // seconds until the next sample
  cpu_sample cpu;
  memory_sample memory;
  std::vector<disk_sample> disks;
  std::vector<network_sample> network;
  std::vector<temperature_sample> temperatures;
  std::optional<battery_sample> battery;
  std::optional<std::uint64_t> uptime;  // seconds
  std::optional<std::uint64_t> processes;
  friend bool operator==(const sample&, const sample&) = default;
};

}  // namespace atlas
