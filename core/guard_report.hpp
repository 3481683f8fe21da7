#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace atlas {

// What the broker's guard has counted of one organisation since the broker's start: the payload of
// org/<uuid>/guard, every 5 seconds.
struct guard_report {
  std::uint64_t connections = 0;       // now
  std::uint64_t messages = 0;          // published, within the limits
  std::uint64_t messages_dropped = 0;  // over a limit
  std::uint64_t bytes_dropped = 0;
  std::uint64_t writes_refused = 0;  // outside the user's own topics
  std::uint64_t subscriptions_refused = 0;
  std::uint64_t connections_refused = 0;
  friend bool operator==(const guard_report&, const guard_report&) = default;
};

// At most 1 KiB of JSON; `where` of the error is the JSON path.
result<guard_report> parse_guard_report(std::string_view payload);
std::string format_guard_report(const guard_report& value);

}  // namespace atlas
