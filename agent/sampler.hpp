#pragma once

#include "agent/collector.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace atlas::agent {

// 16 random hexadecimal digits: the name of one run of the agent.
std::string make_boot_id();

// Makes samples out of what the collectors read, numbered within this run and within the limits of the wire.
class sampler {
 public:
  sampler(std::vector<std::unique_ptr<collector>> collectors, std::string boot);

  // A first reading, from which the rates and shares of the first sample are counted.
  void prime();
  sample take(unix_ms now, std::optional<std::chrono::seconds> interval);

 private:
  std::vector<std::unique_ptr<collector>> collectors_;
  std::string boot_;
  std::uint64_t seq_ = 0;
};

}  // namespace atlas::agent
