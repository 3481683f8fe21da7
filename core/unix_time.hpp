#pragma once

#include <chrono>
#include <cstdint>

namespace atlas {

using std::chrono::milliseconds;

// Milliseconds since 1970-01-01 UTC. The core never reads a clock: every time is an argument.
using unix_ms = std::chrono::sys_time<milliseconds>;

constexpr unix_ms from_unix_ms(std::int64_t value) { return unix_ms{milliseconds{value}}; }
constexpr std::int64_t to_int(unix_ms value) { return value.time_since_epoch().count(); }

}  // namespace atlas
