#include "sim/model.hpp"

#include "core/sample_codec.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace atlas::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

std::vector<sample> one_day(std::uint64_t seed) {
  machine_model machine(seed, "sim-0001");
  std::vector<sample> day;
  for (milliseconds at{0}; at < hours(24); at += minutes(5)) day.push_back(machine.measure(at, std::nullopt));
  return day;
}

TEST(MachineModel, GivesTheSameDayForTheSameSeed) {
  EXPECT_EQ(one_day(7), one_day(7));
  EXPECT_NE(one_day(7), one_day(8));
}

TEST(MachineModel, HasProcessesThatTogetherNeedWhatItNeeds) {
  machine_model machine(7, "sim-0001");
  const auto now = machine.measure(minutes(5), 50.0);
  double cpu = 0;
  std::uint64_t memory = 0;
  for (const auto& one : machine.processes(50)) {
    cpu += one.cpu_percent;
    memory += one.memory;
  }
  EXPECT_NEAR(cpu, 50.0 * static_cast<double>(machine.info().cores), 1);
  EXPECT_GT(memory, 0U);
  EXPECT_LT(memory, *now.memory.used);
}

TEST(MachineModel, MakesSamplesThatTheWireTakes) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    for (auto one : one_day(seed)) {
      one.ts = from_unix_ms(1'764'000'000'000);
      std::vector<sample> decoded;
      const auto taken = sample_decoder().decode(encode_sample(one), decoded);
      ASSERT_TRUE(taken) << to_string(taken.error()) << ": " << encode_sample(one);
    }
  }
}

TEST(MachineModel, HasADailyWave) {
  int with_wave = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    double least = 100;
    double most = 0;
    const auto day = one_day(seed);
    for (std::size_t start = 0; start + 12 <= day.size(); start += 12) {
      double hour = 0;
      for (std::size_t i = start; i < start + 12; ++i) hour += day[i].cpu.percent / 12;
      least = std::min(least, hour);
      most = std::max(most, hour);
    }
    with_wave += most - least > 5 ? 1 : 0;
  }
  EXPECT_GE(with_wave, 18);
}

TEST(MachineModel, FillsItsDiskSlowly) {
  machine_model machine(3, "sim-0003");
  const auto before = machine.measure(hours(0), std::nullopt).disks.front();
  const auto after = machine.measure(hours(24), std::nullopt).disks.front();
  EXPECT_GT(after.used, before.used);
  EXPECT_LT(after.percent - before.percent, 2);
  EXPECT_NEAR(after.percent, 100.0 * static_cast<double>(after.used) / static_cast<double>(after.total), 0.1);
}

TEST(MachineModel, TakesTheCpuThatItIsGiven) {
  machine_model machine(3, "sim-0003");
  EXPECT_DOUBLE_EQ(machine.measure(minutes(1), 42.5).cpu.percent, 42.5);
  EXPECT_DOUBLE_EQ(machine.measure(minutes(2), 100).cpu.percent, 100);
}

}  // namespace
}  // namespace atlas::sim
