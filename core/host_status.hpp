#pragma once

#include "core/error.hpp"
#include "core/unix_time.hpp"

#include <string>
#include <string_view>

namespace atlas {

// What an agent, or the broker through its Last Will, says on …/status.
enum class reported_state { online, sleeping, stopped, lost };

std::string_view to_string(reported_state state);

struct host_status {
  reported_state state;
  unix_ms ts{};
  std::string boot;
  friend bool operator==(const host_status&, const host_status&) = default;
};

// At most 1 KiB of JSON; `where` of the error is the JSON path.
result<host_status> parse_host_status(std::string_view payload);
std::string format_host_status(const host_status& value);

}  // namespace atlas
