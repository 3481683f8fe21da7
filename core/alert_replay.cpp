#include "core/alert_replay.hpp"

#include "core/disk_trend.hpp"

#include <algorithm>

namespace atlas {

namespace {

// Stored points may be means of a minute or an hour: only what is missing between them is a gap.
milliseconds gap_of(const std::vector<history_point>& points, milliseconds usual) {
  std::vector<milliseconds> steps;
  for (std::size_t i = 1; i < points.size(); ++i) {
    steps.push_back(points[i].ts - points[i - 1].ts);
  }
  if (steps.empty()) {
    return usual;
  }
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
  std::nth_element(steps.begin(), middle, steps.end());
  return std::max(usual, 2 * *middle);
}

}  // namespace

std::vector<replay_firing> replay(alert_rule rule, const host_rules& rules, const alert_timing& timing,
                                  const replay_series& series) {
  const auto levels = rules.levels(rule, series.instance);
  auto own = timing;
  own.gap = gap_of(series.points, timing.gap);
  const bool below = fires_below(rule);
  std::vector<replay_firing> firings;
  alert_state state;
  disk_trend trend;
  for (const auto& point : series.points) {
    double value = point.mean;
    if (rule == alert_rule::disk_full) {
      trend.add(value, point.ts);
      if (!trend.hours_left()) {
        continue;
      }
      value = *trend.hours_left();
    }
    const auto next = advance(state, levels, own, below ? -value : value, point.ts);
    state = next.state;
    if (next.change == alert_change::fired) {
      firings.push_back({series.host, series.instance, state.severity, point.ts, std::nullopt, value, false});
    }
    if (is_raised(state.phase)) {
      auto& present = firings.back();
      present.severity = std::max(present.severity, state.severity);
      present.worst = below ? std::min(present.worst, value) : std::max(present.worst, value);
      present.flapping = present.flapping || state.flapping;
    } else if (next.change == alert_change::resolved) {
      firings.back().resolved = point.ts;
    }
  }
  return firings;
}

}  // namespace atlas
