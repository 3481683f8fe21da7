#include "agent/collectors.hpp"
#include "tests/unit/agent/fixture_root.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace atlas::agent::test {
namespace {

using testing::ElementsAre;

sample collect(const std::unique_ptr<collector>& from) {
  sample out;
  from->collect(out);
  return out;
}

class Sensors : public testing::Test {
 protected:
  fixture_root root;
};

TEST_F(Sensors, AreNamedByChipAndLabel) {
  root.write("/sys/class/hwmon/hwmon0/name", "coretemp\n");
  root.write("/sys/class/hwmon/hwmon0/temp1_input", "51000\n");
  root.write("/sys/class/hwmon/hwmon0/temp1_label", "Package id 0\n");
  root.write("/sys/class/hwmon/hwmon1/name", "acpitz\n");
  root.write("/sys/class/hwmon/hwmon1/temp1_input", "27800\n");
  root.write("/sys/class/hwmon/hwmon1/fan1_input", "1200\n");
  EXPECT_THAT(collect(make_temperature_collector(root.path())).temperatures,
              ElementsAre(temperature_sample{"coretemp Package id 0", 51.0},
                          temperature_sample{"acpitz temp1", 27.8}));
}

TEST_F(Sensors, OfEqualDrivesAreToldApart) {
  for (const char* chip : {"hwmon0", "hwmon1", "hwmon2"}) {
    root.write(std::string("/sys/class/hwmon/") + chip + "/name", "nvme\n");
    root.write(std::string("/sys/class/hwmon/") + chip + "/temp1_input", "40000\n");
    root.write(std::string("/sys/class/hwmon/") + chip + "/temp1_label", "Composite\n");
  }
  EXPECT_THAT(
      collect(make_temperature_collector(root.path())).temperatures,
      ElementsAre(temperature_sample{"nvme Composite", 40}, temperature_sample{"nvme Composite #2", 40},
                  temperature_sample{"nvme Composite #3", 40}));
}

TEST_F(Sensors, ThatAreNotWiredAreLeftOut) {
  root.write("/sys/class/hwmon/hwmon0/temp1_input", "-128000\n");
  root.write("/sys/class/hwmon/hwmon0/temp2_input", "255000\n");
  root.write("/sys/class/hwmon/hwmon0/temp3_input", "0\n");
  root.write("/sys/class/hwmon/hwmon0/temp4_input", "broken\n");
  EXPECT_TRUE(collect(make_temperature_collector(root.path())).temperatures.empty());
}

TEST_F(Sensors, ComeFromThermalZonesWhereThereAreNoChips) {
  root.write("/sys/class/thermal/thermal_zone0/type", "cpu-thermal\n");
  root.write("/sys/class/thermal/thermal_zone0/temp", "48312\n");
  root.write("/sys/class/thermal/cooling_device0/type", "fan\n");
  EXPECT_THAT(collect(make_temperature_collector(root.path())).temperatures,
              ElementsAre(temperature_sample{"cpu-thermal", 48.312}));
}

TEST_F(Sensors, WeighBatteriesByWhatTheyHold) {
  root.write("/sys/class/power_supply/AC/type", "Mains\n");
  root.write("/sys/class/power_supply/BAT0/type", "Battery\n");
  root.write("/sys/class/power_supply/BAT0/energy_now", "10000000\n");
  root.write("/sys/class/power_supply/BAT0/energy_full", "20000000\n");
  root.write("/sys/class/power_supply/BAT0/status", "Discharging\n");
  root.write("/sys/class/power_supply/BAT1/type", "Battery\n");
  root.write("/sys/class/power_supply/BAT1/charge_now", "5000000\n");
  root.write("/sys/class/power_supply/BAT1/charge_full", "5000000\n");
  root.write("/sys/class/power_supply/BAT1/voltage_min_design", "12000000\n");  // 60 Wh
  root.write("/sys/class/power_supply/BAT1/status", "Charging\n");
  const auto battery = collect(make_battery_collector(root.path())).battery;
  ASSERT_TRUE(battery.has_value());
  EXPECT_NEAR(battery->percent, 100.0 * (10 + 60) / (20 + 60), 0.001);
  EXPECT_TRUE(battery->charging);
}

TEST_F(Sensors, TakeABatterysOwnPercentageWhereNothingElseIsKnown) {
  root.write("/sys/class/power_supply/BAT0/type", "Battery\n");
  root.write("/sys/class/power_supply/BAT0/capacity", "80\n");
  root.write("/sys/class/power_supply/BAT0/status", "Full\n");
  EXPECT_EQ(collect(make_battery_collector(root.path())).battery, (battery_sample{80, false}));
}

TEST_F(Sensors, DoNotTakeAMousesBatteryForTheHosts) {
  root.write("/sys/class/power_supply/hidpp_battery_0/type", "Battery\n");
  root.write("/sys/class/power_supply/hidpp_battery_0/scope", "Device\n");
  root.write("/sys/class/power_supply/hidpp_battery_0/capacity", "5\n");
  EXPECT_FALSE(collect(make_battery_collector(root.path())).battery.has_value());
}

TEST_F(Sensors, CountUptimeAndProcesses) {
  root.write("/proc/uptime", "86400.55 1000.00\n");
  for (const char* folder : {"/proc/1", "/proc/42", "/proc/4711", "/proc/self", "/proc/sys"})
    root.make_folder(folder);
  const auto out = collect(make_system_collector(root.path()));
  EXPECT_EQ(out.uptime, 86400U);
  EXPECT_EQ(out.processes, 3U);
}

}  // namespace
}  // namespace atlas::agent::test
