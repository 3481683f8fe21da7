#include "core/alert_replay.hpp"

#include "tests/unit/core/make.hpp"

#include <gtest/gtest.h>

namespace atlas::test {
namespace {

constexpr double minutes = 60;

replay_series series_of(std::vector<double> values, double step = minutes) {
  replay_series series{make_host(), "", {}};
  for (std::size_t i = 0; i < values.size(); ++i) {
    series.points.push_back({at(step * static_cast<double>(i)), values[i], values[i], values[i]});
  }
  return series;
}

std::vector<replay_firing> replayed(alert_rule rule, rule_setting setting, const replay_series& series) {
  rule_settings settings;
  settings[rule] = setting;
  return replay(rule, *rule_book(settings, {}).rules_for(make_host(), {}), {}, series);
}

TEST(AlertReplay, FiresAsTheLiveAlertWould) {
  const auto firings = replayed(alert_rule::cpu, {90, 95, 5, milliseconds{60'000}},
                                series_of({50, 92, 97, 97, 60, 50, 99, 50}));
  ASSERT_EQ(firings.size(), 1U) << "the last peak is shorter than the hold";
  EXPECT_EQ(firings[0].fired, at(2 * minutes));
  EXPECT_EQ(firings[0].resolved, at(4 * minutes));
  EXPECT_EQ(firings[0].severity, alert_severity::critical);
  EXPECT_EQ(firings[0].worst, 97);
}

TEST(AlertReplay, SaysThatAnAlertWouldFireStill) {
  const auto firings = replayed(alert_rule::battery, {20, {}, 5}, series_of({50, 18, 12, 13}));
  ASSERT_EQ(firings.size(), 1U);
  EXPECT_FALSE(firings[0].resolved);
  EXPECT_EQ(firings[0].worst, 12);
}

TEST(AlertReplay, TakesTheStepOfStoredMeansForNoGap) {
  const auto firings =
      replayed(alert_rule::cpu, {90, {}, 5, milliseconds{3'600'000}}, series_of({95, 95, 95}, 60 * minutes));
  ASSERT_EQ(firings.size(), 1U);
  EXPECT_EQ(firings[0].fired, at(60 * minutes));
}

TEST(AlertReplay, FollowsTheTrendOfADisk) {
  std::vector<double> filling;
  for (int i = 0; i < 200; ++i) {
    filling.push_back(50 + 0.05 * i);
  }
  const auto firings = replayed(alert_rule::disk_full, {24, 4, 6}, series_of(filling));
  ASSERT_EQ(firings.size(), 1U);
  EXPECT_EQ(firings[0].severity, alert_severity::warning);
}

}  // namespace
}  // namespace atlas::test
