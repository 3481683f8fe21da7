#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace atlas::agent {

// Time that a CPU spent in each state since boot, in ticks of any length. Guest time is part of user and
// nice.
struct cpu_ticks {
  enum state : std::size_t { user, nice, system, idle, iowait, irq, softirq, steal };
  static constexpr std::size_t states = 8;
  std::array<std::uint64_t, states> spent{};
};

// Shares of the time between two readings, in percent. Busy is all but idle and iowait.
struct cpu_usage {
  double busy = 0;
  double iowait = 0;
  double steal = 0;
};

// A state's counter may go backwards (iowait does; all do when a CPU comes back online): it counts as no
// time. Nothing when no time has passed at all.
std::optional<cpu_usage> usage_between(const cpu_ticks& before, const cpu_ticks& after);

}  // namespace atlas::agent
