#include "web/alert_log.hpp"

#include "web/frame_json.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_set>

namespace atlas::web {

void alert_log::add(const std::vector<alert>& changes, std::uint64_t revision) {
  for (const auto& each : changes) {
    changes_.push_back({revision, each});
  }
  while (changes_.size() > max_changes) {
    forgotten_ = changes_.front().revision;
    changes_.pop_front();
  }
}

void alert_log::append_after(std::string& out, std::uint64_t revision) const {
  std::unordered_set<std::string> told;
  std::vector<alert> newest;
  for (auto each = changes_.rbegin(); each != changes_.rend() && each->revision > revision; ++each) {
    if (told.insert(each->value.key.id()).second) {
      newest.push_back(each->value);
    }
  }
  std::ranges::reverse(newest);
  append_alerts(out, newest);
}

void append_urgent_alerts(std::string& out, const fleet& hosts, std::size_t most) {
  auto alerts = hosts.firing_alerts();
  const auto less_urgent = [](const alert& a) {
    return std::tuple(a.severity != alert_severity::critical, -to_int(a.since));
  };
  if (alerts.size() > most) {
    std::ranges::stable_sort(alerts, {}, less_urgent);
    alerts.resize(most, alerts.front());
  }
  append_alerts(out, alerts);
}

}  // namespace atlas::web
