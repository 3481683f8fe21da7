#include "agent/cpu_ticks.hpp"

namespace atlas::agent {

std::optional<cpu_usage> usage_between(const cpu_ticks& before, const cpu_ticks& after) {
  std::array<double, cpu_ticks::states> passed{};
  double total = 0;
  for (std::size_t i = 0; i < cpu_ticks::states; ++i) {
    if (after.spent[i] > before.spent[i]) passed[i] = static_cast<double>(after.spent[i] - before.spent[i]);
    total += passed[i];
  }
  if (total <= 0) return std::nullopt;
  const double waiting = passed[cpu_ticks::idle] + passed[cpu_ticks::iowait];
  return cpu_usage{.busy = 100.0 * (total - waiting) / total,
                   .iowait = 100.0 * passed[cpu_ticks::iowait] / total,
                   .steal = 100.0 * passed[cpu_ticks::steal] / total};
}

}  // namespace atlas::agent
