// The alerts that follow from a sample.
#include "core/fleet_entry.hpp"

#include <algorithm>
#include <limits>
#include <unordered_map>

namespace atlas {

namespace {

constexpr double percent_of_one = 100;

std::optional<double> swap_percent(const memory_sample& memory) {
  if (!memory.swap_total || !memory.swap_used || *memory.swap_total == 0) {
    return std::nullopt;
  }
  return percent_of_one * static_cast<double>(*memory.swap_used) / static_cast<double>(*memory.swap_total);
}

// For each core, where the host reports or has told how many it has.
std::optional<double> load_per_core(const sample& value, const std::optional<host_info>& info) {
  const auto cores = !value.cpu.cores.empty() ? value.cpu.cores.size() : info ? info->cores : 0;
  if (!value.cpu.load || cores == 0) {
    return std::nullopt;
  }
  return (*value.cpu.load)[0] / static_cast<double>(cores);
}

std::optional<double> battery_percent(const sample& value) {
  if (!value.battery) {
    return std::nullopt;
  }
  return value.battery->charging ? percent_of_one : value.battery->percent;
}

// Of things that are named twice in one sample the first counts.
template <class Range, class Name>
bool is_named_before(const Range& all, std::size_t index, Name name) {
  return std::any_of(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(index),
                     [&](const auto& other) { return other.*name == all[index].*name; });
}

}  // namespace

void fleet::step_sample_alerts(entry& host, fleet_effects& effects) {
  if (!rules_.alerts_enabled) {
    return;
  }
  const sample& value = *host.newest;
  const auto see = [&](alert_rule rule, std::optional<double> seen) {
    if (seen && is_news(host, rule, "", *seen)) {
      observe(host, rule, "", *seen, effects);
    }
  };
  const auto see_each = [&](alert_rule rule, const auto& all, auto name, auto value_of) {
    for (std::size_t i = 0; host.rules->watches(rule) && i < all.size(); ++i) {
      const double seen = value_of(all[i]);
      if (is_news(host, rule, all[i].*name, seen) && !is_named_before(all, i, name)) {
        observe(host, rule, all[i].*name, seen, effects);
      }
    }
  };
  host.next_machine = 0;
  see(alert_rule::cpu, value.cpu.percent);
  see(alert_rule::memory, value.memory.percent);
  see(alert_rule::swap, swap_percent(value.memory));
  see(alert_rule::load, load_per_core(value, host.info));
  see_each(alert_rule::disk, value.disks, &disk_sample::mount,
           [](const disk_sample& disk) { return disk.percent; });
  if (host.rules->watches(alert_rule::disk_full)) {
    step_trends(host, effects);
  }
  see_each(alert_rule::temperature, value.temperatures, &temperature_sample::name,
           [](const temperature_sample& sensor) { return sensor.celsius; });
  see(alert_rule::battery, battery_percent(value));
  see_each(alert_rule::traffic, value.network, &network_sample::name,
           [](const network_sample& port) { return std::max(port.rx_bps, port.tx_bps); });
  if (!host.machines.empty()) {
    settle_machines(host, effects);
  }
}

void fleet::step_trends(entry& host, fleet_effects& effects) {
  const sample& value = *host.newest;
  match_trends(host);
  for (std::size_t i = 0; i < host.trends.size(); ++i) {
    auto& [mount, trend] = host.trends[i];
    if (is_named_before(host.trends, i, &entry::mount_trend::mount)) {
      continue;
    }
    trend.add(value.disks[i].percent, value.ts);
    const auto hours = trend.hours_left();
    if (hours && is_news(host, alert_rule::disk_full, mount, *hours)) {
      observe(host, alert_rule::disk_full, mount, *hours, effects);
    } else if (auto* waiting = hours ? nullptr : host.find(alert_rule::disk_full, mount)) {
      waiting->visited = host.samples;  // it stays as it is until there is a trend
    }
  }
}

// Makes host.trends stand for the disks of the sample, in its order.
void fleet::match_trends(entry& host) {
  const auto& disks = host.newest->disks;
  const bool is_same =
      std::equal(host.trends.begin(), host.trends.end(), disks.begin(), disks.end(),
                 [](const auto& known, const disk_sample& disk) { return known.mount == disk.mount; });
  if (is_same) {
    return;
  }
  std::unordered_map<std::string, disk_trend> known;
  for (auto& each : host.trends) {
    known.emplace(std::move(each.mount), std::move(each.trend));
  }
  host.trends.clear();
  for (const auto& disk : disks) {
    auto found = known.extract(disk.mount);
    host.trends.push_back({disk.mount, found.empty() ? disk_trend() : std::move(found.mapped())});
  }
}

// What the sample no longer names, as a disk that was taken out, is as good as low.
void fleet::settle_machines(entry& host, fleet_effects& effects) {
  constexpr double low = -std::numeric_limits<double>::infinity();
  const auto at = host.newest->ts;
  for (auto& which : host.machines) {
    if (is_of_samples(which.rule) && which.visited != host.samples) {
      const auto next = advance(which.state, host.rules->levels(which.rule, which.instance),
                                host.timing(rules_.timing), low, at);
      take(host, which, next, effects);
    }
  }
  forget_quiet(host, at, effects);
}

}  // namespace atlas
