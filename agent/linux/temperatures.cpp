#include "agent/collectors.hpp"
#include "agent/small_file.hpp"

#include <algorithm>

namespace atlas::agent {

namespace {

// Sensors that are not wired read 0, -128 or 255 and the like.
constexpr double coldest = -60;
constexpr double hottest = 200;

// Sensors come and go with drives and modules: their list is made anew after so many samples.
constexpr int samples_per_scan = 60;

struct sensor {
  std::string path;
  std::string name;
};

// /sys/class/hwmon/*/temp*_input, else /sys/class/thermal/thermal_zone*/temp; both in 1/1000 °C.
class temperature_collector final : public collector {
 public:
  explicit temperature_collector(const std::string& root) : class_path_(root + "/sys/class") {}

  void collect(sample& out) override {
    if (samples_left_-- <= 0) {
      sensors_ = scan();
      samples_left_ = samples_per_scan;
    }
    for (const auto& one : sensors_) {
      const auto milli = file_.number(one.path);
      if (!milli) continue;
      const double celsius = static_cast<double>(*milli) / 1000.0;
      if (celsius < coldest || celsius > hottest || *milli == 0) continue;
      out.temperatures.push_back({one.name, celsius});
    }
  }

 private:
  std::vector<sensor> scan() {
    auto found = scan_hwmon();
    return found.empty() ? scan_thermal_zones() : found;
  }

  std::vector<sensor> scan_hwmon() {
    std::vector<sensor> found;
    const std::string base = class_path_ + "/hwmon/";
    for (const auto& chip : folder_names(base)) {
      const auto chip_name = file_.line(base + chip + "/name");
      for (const auto& entry : folder_names(base + chip)) {
        constexpr std::string_view suffix = "_input";
        if (!entry.starts_with("temp") || !entry.ends_with(suffix)) continue;
        const auto stem = entry.substr(0, entry.size() - suffix.size());
        const auto label = file_.line(base + chip + "/" + stem + "_label");
        std::string name = chip_name.empty() ? chip : chip_name;
        name += " " + (label.empty() ? stem : label);
        found.push_back({base + chip + "/" + entry, unique_name(found, std::move(name))});
      }
    }
    return found;
  }

  std::vector<sensor> scan_thermal_zones() {
    std::vector<sensor> found;
    const std::string base = class_path_ + "/thermal/";
    for (const auto& zone : folder_names(base)) {
      if (!zone.starts_with("thermal_zone")) continue;
      const auto type = file_.line(base + zone + "/type");
      found.push_back({base + zone + "/temp", unique_name(found, type.empty() ? zone : type)});
    }
    return found;
  }

  // Two equal drives have equal names: "nvme Composite", "nvme Composite #2".
  static std::string unique_name(const std::vector<sensor>& found, std::string name) {
    const auto same = std::count_if(found.begin(), found.end(), [&](const sensor& other) {
      return other.name == name || other.name.starts_with(name + " #");
    });
    return same == 0 ? name : name + " #" + std::to_string(same + 1);
  }

  std::string class_path_;
  small_file file_;
  std::vector<sensor> sensors_;
  int samples_left_ = 0;
};

}  // namespace

std::unique_ptr<collector> make_temperature_collector(const std::string& root) {
  return std::make_unique<temperature_collector>(root);
}

}  // namespace atlas::agent
