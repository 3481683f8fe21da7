#pragma once

#include "core/error.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace atlas::agent {

// What the organisation asks of this host on …/config, retained. Members that this agent does not know are
// ignored.
struct remote_config {
  std::optional<std::chrono::seconds> report_interval;
};

// An empty payload withdraws all that was asked. `where` of an error is the JSON path.
result<remote_config> parse_remote_config(std::string_view payload);

}  // namespace atlas::agent
