#include "core/sample_metrics.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace atlas {

namespace {

// Goes the same way as for_each_metric_value(); a test holds the two together.
class name_list {
 public:
  void add(std::string name) { names_.push_back(std::move(name)); }
  template <class Member>
  void add_present(const Member& member, std::string name) {
    if (member) {
      add(std::move(name));
    }
  }
  std::vector<std::string> take() { return std::move(names_); }

 private:
  std::vector<std::string> names_;
};

}  // namespace

std::vector<std::string> metric_names(const sample& value) {
  name_list names;
  names.add("cpu.percent");
  for (std::size_t i = 0; i < value.cpu.cores.size(); ++i) {
    names.add(fmt::format("cpu.cores[{}]", i));
  }
  if (value.cpu.load) {
    for (std::size_t i = 0; i < value.cpu.load->size(); ++i) {
      names.add(fmt::format("cpu.load[{}]", i));
    }
  }
  names.add_present(value.cpu.iowait, "cpu.iowait");
  names.add_present(value.cpu.steal, "cpu.steal");
  names.add("memory.percent");
  names.add_present(value.memory.total, "memory.total");
  names.add_present(value.memory.used, "memory.used");
  names.add_present(value.memory.available, "memory.available");
  names.add_present(value.memory.swap_total, "memory.swap_total");
  names.add_present(value.memory.swap_used, "memory.swap_used");
  for (const auto& disk : value.disks) {
    names.add(fmt::format("disks[{}].percent", disk.mount));
    names.add(fmt::format("disks[{}].total", disk.mount));
    names.add(fmt::format("disks[{}].used", disk.mount));
    names.add_present(disk.read_bps, fmt::format("disks[{}].read_bps", disk.mount));
    names.add_present(disk.write_bps, fmt::format("disks[{}].write_bps", disk.mount));
  }
  for (const auto& network : value.network) {
    names.add(fmt::format("network[{}].rx_bps", network.name));
    names.add(fmt::format("network[{}].tx_bps", network.name));
  }
  for (const auto& temperature : value.temperatures) {
    names.add(fmt::format("temperatures[{}].celsius", temperature.name));
  }
  names.add_present(value.battery, "battery.percent");
  names.add_present(value.battery, "battery.charging");
  names.add_present(value.uptime, "uptime");
  names.add_present(value.processes, "processes");
  return names.take();
}

std::uint32_t sample_shape::flags_of(const sample& value) {
  const bool present[] = {value.cpu.load.has_value(),
                          value.cpu.iowait.has_value(),
                          value.cpu.steal.has_value(),
                          value.memory.used.has_value(),
                          value.memory.available.has_value(),
                          value.memory.swap_used.has_value(),
                          value.battery.has_value(),
                          value.processes.has_value(),
                          value.memory.total.has_value(),
                          value.memory.swap_total.has_value(),
                          value.uptime.has_value()};
  std::uint32_t flags = 0;
  for (const bool flag : present) {
    flags = flags << 1 | (flag ? 1U : 0U);
  }
  return flags;
}

sample_shape::sample_shape(const sample& value) : flags_(flags_of(value)), cores_(value.cpu.cores.size()) {
  for (const auto& each : value.disks) {
    disks_.push_back({each.mount, each.read_bps.has_value(), each.write_bps.has_value()});
  }
  for (const auto& network : value.network) {
    networks_.push_back(network.name);
  }
  for (const auto& temperature : value.temperatures) {
    temperatures_.push_back(temperature.name);
  }
}

bool sample_shape::matches(const sample& value) const {
  const auto same_disk = [](const disk& known, const disk_sample& each) {
    return known.read == each.read_bps.has_value() && known.write == each.write_bps.has_value() &&
           known.mount == each.mount;
  };
  const auto same_name = [](const std::string& known, const auto& each) { return known == each.name; };
  return flags_ == flags_of(value) && cores_ == value.cpu.cores.size() &&
         std::equal(disks_.begin(), disks_.end(), value.disks.begin(), value.disks.end(), same_disk) &&
         std::equal(networks_.begin(), networks_.end(), value.network.begin(), value.network.end(),
                    same_name) &&
         std::equal(temperatures_.begin(), temperatures_.end(), value.temperatures.begin(),
                    value.temperatures.end(), same_name);
}

}  // namespace atlas
