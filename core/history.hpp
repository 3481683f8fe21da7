#pragma once

#include "core/error.hpp"
#include "core/host_id.hpp"
#include "core/sample.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace atlas {

// A metric is named as it stands in a sample: cpu.percent, cpu.cores[0], cpu.load[0], cpu.iowait,
// memory.percent, memory.used, disks[/home].percent, disks[/home].read_bps, network[eth0].rx_bps,
// temperatures[cpu].celsius, battery.percent, processes.
struct history_query {
  host_id host;
  std::string metric;
  unix_ms from{};          // inclusive
  unix_ms to{};            // inclusive
  std::size_t points = 0;  // at most this many points come back; raw samples where they fit
};

struct history_point {
  unix_ms ts{};
  double min = 0;
  double mean = 0;
  double max = 0;
};

// The port behind which samples are kept. Called on the loop thread; none of its calls blocks.
class history {
 public:
  virtual ~history() = default;
  virtual void append(const host_id& host, const sample& value) = 0;
  virtual void erase(const host_id& host) = 0;
  // Calls `done` on the loop thread, at once or later, exactly once: the points oldest first. An unknown host
  // or metric gives no points.
  virtual void query(history_query query,
                     std::function<void(result<std::vector<history_point>>)> done) const = 0;
  // The names of the metrics kept of this host.
  virtual std::vector<std::string> metrics(const host_id& host) const = 0;
};

}  // namespace atlas
