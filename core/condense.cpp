#include "core/condense.hpp"

#include <algorithm>

namespace atlas {

std::vector<history_point> condense(const std::vector<history_reading>& readings, std::size_t most) {
  std::vector<history_point> points;
  if (most == 0) {
    return points;
  }
  if (readings.size() <= most) {
    for (const auto& each : readings) {
      points.push_back({from_unix_ms(each.ts), each.min, each.mean, each.max});
    }
    return points;
  }
  const auto since_first = [&](const history_reading& each) {
    return static_cast<std::uint64_t>(each.ts) - static_cast<std::uint64_t>(readings.front().ts);
  };
  const auto span = since_first(readings.back()) / most + 1;
  for (auto begin = readings.begin(); begin != readings.end();) {
    const auto bucket = since_first(*begin) / span;
    history_point point{{}, begin->min, 0, begin->max};
    double time = 0;
    double count = 0;
    auto end = begin;
    for (; end != readings.end() && since_first(*end) / span == bucket; ++end) {
      const auto weight = static_cast<double>(end->count);
      point.min = std::min(point.min, end->min);
      point.max = std::max(point.max, end->max);
      point.mean += end->mean * weight;
      time += static_cast<double>(since_first(*end) - bucket * span) * weight;
      count += weight;
    }
    point.mean /= count;
    point.ts = from_unix_ms(readings.front().ts + static_cast<std::int64_t>(bucket * span) +
                            static_cast<std::int64_t>(time / count));
    points.push_back(point);
    begin = end;
  }
  return points;
}

}  // namespace atlas
