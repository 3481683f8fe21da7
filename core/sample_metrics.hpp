#pragma once

#include "core/sample.hpp"

#include <string>
#include <vector>

namespace atlas {

// The numbers of a sample that history keeps, one after the other in a fixed order, so that two samples with
// the same shape give the same sequence.

// Calls visit(double) for each.
template <class Visit>
void for_each_metric_value(const sample& value, Visit visit);

// Their names (see core/history.hpp), in the order of for_each_metric_value().
std::vector<std::string> metric_names(const sample& value);

// What decides the names: which members a sample has, and how its disks, interfaces and sensors are called.
class sample_shape {
 public:
  sample_shape() = default;
  explicit sample_shape(const sample& value);
  // Does not allocate.
  bool matches(const sample& value) const;

 private:
  static std::uint32_t flags_of(const sample& value);

  std::uint32_t flags_ = 0;
  std::size_t cores_ = 0;
  struct disk {
    std::string mount;
    bool read;
    bool write;
  };
  std::vector<disk> disks_;
  std::vector<std::string> networks_;
  std::vector<std::string> temperatures_;
};

template <class Visit>
void for_each_metric_value(const sample& value, Visit visit) {
  const auto visit_present = [&](const auto& member) {
    if (member) {
      visit(static_cast<double>(*member));
    }
  };
  visit(value.cpu.percent);
  for (const double core : value.cpu.cores) {
    visit(core);
  }
  if (value.cpu.load) {
    for (const double load : *value.cpu.load) {
      visit(load);
    }
  }
  visit_present(value.cpu.iowait);
  visit_present(value.cpu.steal);
  visit(value.memory.percent);
  visit_present(value.memory.total);
  visit_present(value.memory.used);
  visit_present(value.memory.available);
  visit_present(value.memory.swap_total);
  visit_present(value.memory.swap_used);
  for (const auto& disk : value.disks) {
    visit(disk.percent);
    visit(static_cast<double>(disk.total));
    visit(static_cast<double>(disk.used));
    visit_present(disk.read_bps);
    visit_present(disk.write_bps);
  }
  for (const auto& network : value.network) {
    visit(network.rx_bps);
    visit(network.tx_bps);
  }
  for (const auto& temperature : value.temperatures) {
    visit(temperature.celsius);
  }
  if (value.battery) {
    visit(value.battery->percent);
    visit(value.battery->charging ? 1 : 0);
  }
  visit_present(value.uptime);
  visit_present(value.processes);
}

}  // namespace atlas
