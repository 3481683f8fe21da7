#include "agent/collectors.hpp"
#include "agent/small_file.hpp"

#include <algorithm>

namespace atlas::agent {

namespace {

// /sys/class/power_supply. Several batteries count as one, weighted by what each can hold; those of mice and
// keyboards (scope "Device") are not the host's.
class battery_collector final : public collector {
 public:
  explicit battery_collector(const std::string& root) : path_(root + "/sys/class/power_supply/") {}

  void collect(sample& out) override {
    double held = 0;
    double capacity = 0;
    bool charging = false;
    for (const auto& name : folder_names(path_)) {
      const std::string folder = path_ + name + "/";
      if (file_.line(folder + "type") != "Battery" || file_.line(folder + "scope") == "Device") continue;
      if (file_.number(folder + "present").value_or(1) == 0) continue;
      const auto [now, full] = charge_of(folder);
      held += now;
      capacity += full;
      charging = charging || file_.line(folder + "status") == "Charging";
    }
    if (capacity > 0) out.battery = battery_sample{std::clamp(100.0 * held / capacity, 0.0, 100.0), charging};
  }

 private:
  struct charge {
    double now = 0;
    double full = 0;
  };

  // In watt-hours where the driver tells energy (µWh) or charge (µAh, at the design or present voltage in
  // µV); else the plain percentage, as of a battery of 50 Wh.
  charge charge_of(const std::string& folder) {
    const auto read = [&](const char* file) { return file_.number(folder + file).value_or(0); };
    if (const auto full = read("energy_full"); full > 0) {
      return {static_cast<double>(read("energy_now")) / 1e6, static_cast<double>(full) / 1e6};
    }
    auto voltage = read("voltage_min_design");
    if (voltage <= 0) voltage = read("voltage_now");
    if (const auto full = read("charge_full"); full > 0 && voltage > 0) {
      const double volts = static_cast<double>(voltage) / 1e6;
      return {static_cast<double>(read("charge_now")) / 1e6 * volts, static_cast<double>(full) / 1e6 * volts};
    }
    if (const auto percent = file_.number(folder + "capacity")) {
      constexpr double assumed_full = 50;
      return {assumed_full * static_cast<double>(*percent) / 100.0, assumed_full};
    }
    return {};
  }

  std::string path_;
  small_file file_;
};

}  // namespace

std::unique_ptr<collector> make_battery_collector(const std::string& root) {
  return std::make_unique<battery_collector>(root);
}

}  // namespace atlas::agent
