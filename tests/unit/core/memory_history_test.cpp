#include "core/memory_history.hpp"

#include "core/sample_metrics.hpp"
#include "tests/unit/core/make.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <gtest/gtest.h>

namespace atlas::test {
namespace {

using points = std::vector<history_point>;

points ask(const memory_history& history, std::string metric, double from, double to,
           std::size_t most = 1000) {
  points found;
  int calls = 0;
  history.query({make_host(), std::move(metric), at(from), at(to), most}, [&](auto result) {
    ++calls;
    found = result.value();
  });
  EXPECT_EQ(calls, 1);
  return found;
}

// "ts=value" of raw points, in seconds.
std::vector<std::pair<double, double>> raw(const points& found) {
  std::vector<std::pair<double, double>> out;
  for (const auto& point : found) {
    EXPECT_EQ(point.min, point.mean);
    EXPECT_EQ(point.max, point.mean);
    out.emplace_back(std::chrono::duration<double>(point.ts - at(0)).count(), point.mean);
  }
  return out;
}

using raw_points = std::vector<std::pair<double, double>>;

void fill(memory_history& history, int samples) {
  for (int i = 0; i < samples; ++i) {
    history.append(make_host(), make_sample(i, i % 100));
  }
}

TEST(MemoryHistory, GivesNothingOfAnUnknownHostOrMetric) {
  memory_history history(10);
  EXPECT_TRUE(ask(history, "cpu.percent", 0, 10).empty());
  EXPECT_TRUE(history.metrics(make_host()).empty());
  history.append(make_host(), make_sample(0));
  EXPECT_TRUE(ask(history, "cpu.temperature", 0, 10).empty());
}

TEST(MemoryHistory, GivesRawSamplesWhereTheyFit) {
  memory_history history(10);
  fill(history, 4);
  EXPECT_EQ(raw(ask(history, "cpu.percent", 0, 10, 4)), (raw_points{{0, 0}, {1, 1}, {2, 2}, {3, 3}}));
}

TEST(MemoryHistory, TakesBothEndsOfTheRange) {
  memory_history history(10);
  fill(history, 6);
  EXPECT_EQ(raw(ask(history, "cpu.percent", 2, 4)), (raw_points{{2, 2}, {3, 3}, {4, 4}}));
  EXPECT_TRUE(ask(history, "cpu.percent", 4, 2).empty());
  EXPECT_TRUE(ask(history, "cpu.percent", 100, 200).empty());
}

TEST(MemoryHistory, GivesNoPointsWhenNoneAreWanted) {
  memory_history history(10);
  fill(history, 6);
  EXPECT_TRUE(ask(history, "cpu.percent", 0, 10, 0).empty());
}

TEST(MemoryHistory, KeepsTheNewest) {
  memory_history history(100);
  fill(history, 1000);
  const auto found = ask(history, "cpu.percent", 0, 2000);
  ASSERT_EQ(found.size(), 100U);
  EXPECT_EQ(found.front().ts, at(900));
  EXPECT_EQ(found.back().ts, at(999));
}

TEST(MemoryHistory, KeepsOneSampleAtLeast) {
  memory_history history(0);
  fill(history, 5);
  EXPECT_EQ(raw(ask(history, "cpu.percent", 0, 10)), (raw_points{{4, 4}}));
}

TEST(MemoryHistory, CondensesToMinMeanAndMaxOfEqualSpans) {
  memory_history history(100);
  for (int i = 0; i < 8; ++i) {
    history.append(make_host(), make_sample(i, i));
  }
  const auto found = ask(history, "cpu.percent", 0, 10, 2);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].ts, at(1.5));
  EXPECT_EQ(found[0].min, 0);
  EXPECT_EQ(found[0].mean, 1.5);
  EXPECT_EQ(found[0].max, 3);
  EXPECT_EQ(found[1].ts, at(5.5));
  EXPECT_EQ(found[1].min, 4);
  EXPECT_EQ(found[1].mean, 5.5);
  EXPECT_EQ(found[1].max, 7);
}

TEST(MemoryHistory, NeverGivesMorePointsThanAskedFor) {
  memory_history history(1000);
  fill(history, 777);
  for (std::size_t most = 1; most < 1000; most += 7) {
    const auto found = ask(history, "cpu.percent", 0, 2000, most);
    EXPECT_LE(found.size(), most);
    EXPECT_GT(found.size() * 2, std::min<std::size_t>(most, 777));
    EXPECT_TRUE(
        std::is_sorted(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.ts < b.ts; }));
    for (const auto& point : found) {
      EXPECT_LE(point.min, point.mean);
      EXPECT_LE(point.mean, point.max);
    }
  }
}

TEST(MemoryHistory, LeavesHolesWhereNothingWasRecorded) {
  memory_history history(1000);
  for (int i = 0; i < 100; ++i) {
    history.append(make_host(), make_sample(i));
    history.append(make_host(), make_sample(1000 + i));
  }
  EXPECT_EQ(ask(history, "cpu.percent", 0, 2000, 10).size(), 2U);
}

TEST(MemoryHistory, PutsLateSamplesWhereTheyBelong) {
  memory_history history(10);
  for (const int second : {0, 3, 1, 4, 2}) {
    history.append(make_host(), make_sample(second, second));
  }
  EXPECT_EQ(raw(ask(history, "cpu.percent", 0, 10)), (raw_points{{0, 0}, {1, 1}, {2, 2}, {3, 3}, {4, 4}}));
}

TEST(MemoryHistory, KeepsOneSampleATimeStamp) {
  memory_history history(10);
  history.append(make_host(), make_sample(0, 1));
  history.append(make_host(), make_sample(1, 2));
  history.append(make_host(), make_sample(0, 3));
  EXPECT_EQ(raw(ask(history, "cpu.percent", 0, 10)), (raw_points{{0, 3}, {1, 2}}));
}

TEST(MemoryHistory, IsNotHeldUpByAClockThatWasFarAhead) {
  memory_history history(10);
  for (int i = 0; i < 10; ++i) {
    history.append(make_host(), make_sample(1e6 + i, 1));
  }
  for (int i = 0; i < 10; ++i) {
    history.append(make_host(), make_sample(i, 2));
  }
  EXPECT_EQ(ask(history, "cpu.percent", 0, 2e6).size(), 10U);
  EXPECT_EQ(ask(history, "cpu.percent", 0, 100).size(), 10U);
}

TEST(MemoryHistory, KnowsTheMetricsOfTheContractSample) {
  memory_history history(10);
  history.append(make_host(), contract_sample());
  EXPECT_EQ(history.metrics(make_host()), (std::vector<std::string>{"cpu.percent",
                                                                    "cpu.cores[0]",
                                                                    "cpu.cores[1]",
                                                                    "cpu.load[0]",
                                                                    "cpu.load[1]",
                                                                    "cpu.load[2]",
                                                                    "cpu.iowait",
                                                                    "cpu.steal",
                                                                    "memory.percent",
                                                                    "memory.total",
                                                                    "memory.used",
                                                                    "memory.available",
                                                                    "memory.swap_total",
                                                                    "memory.swap_used",
                                                                    "disks[/].percent",
                                                                    "disks[/].total",
                                                                    "disks[/].used",
                                                                    "disks[/].read_bps",
                                                                    "disks[/].write_bps",
                                                                    "network[eth0].rx_bps",
                                                                    "network[eth0].tx_bps",
                                                                    "temperatures[cpu].celsius",
                                                                    "battery.percent",
                                                                    "battery.charging",
                                                                    "uptime",
                                                                    "processes"}));
  const std::map<std::string, double> expected{{"cpu.percent", 12.5},
                                               {"cpu.cores[1]", 14.9},
                                               {"cpu.load[2]", 0.3},
                                               {"memory.used", 3.7e9},
                                               {"disks[/].percent", 71},
                                               {"network[eth0].tx_bps", 800},
                                               {"temperatures[cpu].celsius", 51},
                                               {"battery.percent", 80},
                                               {"processes", 213}};
  for (const auto& [metric, value] : expected) {
    const auto found = ask(history, metric, 0, 10);
    ASSERT_EQ(found.size(), 1U) << metric;
    EXPECT_FLOAT_EQ(static_cast<float>(found[0].mean), static_cast<float>(value)) << metric;
  }
}

TEST(MemoryHistory, KeepsAMetricThatComesAndGoes) {
  memory_history history(10);
  for (int i = 0; i < 6; ++i) {
    auto value = make_sample(i, i);
    if (i % 2 == 1) {
      value.disks = {{"/usb", "", "", 0, 0, static_cast<double>(i), {}, {}}};
    }
    history.append(make_host(), value);
  }
  EXPECT_EQ(raw(ask(history, "disks[/usb].percent", 0, 10)), (raw_points{{1, 1}, {3, 3}, {5, 5}}));
  EXPECT_EQ(ask(history, "cpu.percent", 0, 10).size(), 6U);
}

TEST(MemoryHistory, ForgetsAMetricWhoseLastValueHasLeft) {
  memory_history history(3);
  auto with_battery = make_sample(0);
  with_battery.battery = {50, false};
  history.append(make_host(), with_battery);
  EXPECT_EQ(history.metrics(make_host()).size(), 4U);
  for (int i = 1; i < 4; ++i) {
    history.append(make_host(), make_sample(i));
  }
  EXPECT_EQ(history.metrics(make_host()), (std::vector<std::string>{"cpu.percent", "memory.percent"}));
  EXPECT_TRUE(ask(history, "battery.percent", 0, 10).empty());
}

TEST(MemoryHistory, FollowsInterfacesThatSwapTheirPlaces) {
  memory_history history(10);
  auto value = make_sample(0);
  value.network = {{"a", 1, 0}, {"b", 2, 0}};
  history.append(make_host(), value);
  value = make_sample(1);
  value.network = {{"b", 4, 0}, {"a", 3, 0}};
  history.append(make_host(), value);
  EXPECT_EQ(raw(ask(history, "network[a].rx_bps", 0, 10)), (raw_points{{0, 1}, {1, 3}}));
  EXPECT_EQ(raw(ask(history, "network[b].rx_bps", 0, 10)), (raw_points{{0, 2}, {1, 4}}));
}

TEST(MemoryHistory, KeepsNoMoreMetricsThanItsLimit) {
  memory_history history(10, 5);
  auto value = make_sample(0, 7);
  value.cpu.cores.assign(100, 1.0);
  history.append(make_host(), value);
  EXPECT_EQ(history.metrics(make_host()).size(), 5U);
  EXPECT_EQ(ask(history, "cpu.percent", 0, 10).size(), 1U);
  for (int i = 1; i < 20; ++i) {
    auto changing = make_sample(i, i);
    changing.network = {{"veth" + std::to_string(i), 1, 1}};
    history.append(make_host(), changing);
    EXPECT_LE(history.metrics(make_host()).size(), 5U);
    EXPECT_EQ(ask(history, "network[veth" + std::to_string(i) + "].rx_bps", 0, 100).size(), 1U);
  }
  EXPECT_EQ(ask(history, "cpu.percent", 0, 100).size(), 10U);
}

TEST(MemoryHistory, ErasesAHostAndNoOther) {
  memory_history history(10);
  fill(history, 3);
  history.append(make_host("h2"), make_sample(0));
  history.erase(make_host("h2"));
  EXPECT_TRUE(history.metrics(make_host("h2")).empty());
  EXPECT_EQ(ask(history, "cpu.percent", 0, 10).size(), 3U);
  history.erase(make_host());
  EXPECT_TRUE(ask(history, "cpu.percent", 0, 10).empty());
}

TEST(SampleMetrics, HaveANameForEachValue) {
  for (const auto& value : {make_sample(0), contract_sample()}) {
    std::size_t values = 0;
    for_each_metric_value(value, [&](double) { ++values; });
    EXPECT_EQ(metric_names(value).size(), values);
  }
}

TEST(SampleShape, ChangesWithTheNamesOfTheMetrics) {
  const sample_shape shape(contract_sample());
  EXPECT_TRUE(shape.matches(contract_sample()));
  auto other_values = contract_sample();
  other_values.cpu.percent = 99;
  other_values.uptime = 1;
  EXPECT_TRUE(shape.matches(other_values));
  const std::vector<void (*)(sample&)> changes{[](sample& s) { s.cpu.cores.pop_back(); },
                                               [](sample& s) { s.cpu.load.reset(); },
                                               [](sample& s) { s.cpu.iowait.reset(); },
                                               [](sample& s) { s.cpu.steal.reset(); },
                                               [](sample& s) { s.memory.used.reset(); },
                                               [](sample& s) { s.memory.available.reset(); },
                                               [](sample& s) { s.memory.swap_used.reset(); },
                                               [](sample& s) { s.disks[0].mount = "/x"; },
                                               [](sample& s) { s.disks[0].read_bps.reset(); },
                                               [](sample& s) { s.disks[0].write_bps.reset(); },
                                               [](sample& s) { s.network[0].name = "eth1"; },
                                               [](sample& s) { s.temperatures.clear(); },
                                               [](sample& s) { s.battery.reset(); },
                                               [](sample& s) { s.processes.reset(); },
                                               [](sample& s) { s.memory.total.reset(); },
                                               [](sample& s) { s.memory.swap_total.reset(); },
                                               [](sample& s) { s.uptime.reset(); }};
  for (const auto& change : changes) {
    auto value = contract_sample();
    change(value);
    EXPECT_FALSE(shape.matches(value));
    EXPECT_NE(metric_names(value), metric_names(contract_sample()));
  }
}

}  // namespace
}  // namespace atlas::test
