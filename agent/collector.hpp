#pragma once

#include "agent/rate.hpp"
#include "core/sample.hpp"

#include <filesystem>
#include <memory>
#include <vector>

namespace atlas::agent {

// One source of metrics. A collector that cannot read its source leaves its members of the sample empty.
class collector {
 public:
  virtual ~collector() = default;
  // Fills its part of the sample; rates are over the time since the previous call. One thread.
  virtual void collect(sample& out) = 0;
};

// All collectors of this operating system. `root` stands in for "/" (tests give a folder with proc/ and
// sys/).
std::vector<std::unique_ptr<collector>> make_collectors(const std::filesystem::path& root,
                                                        monotonic_clock clock = steady_now);

}  // namespace atlas::agent
