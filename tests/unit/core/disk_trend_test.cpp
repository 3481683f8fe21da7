#include "core/disk_trend.hpp"

#include "tests/unit/core/make.hpp"

#include <gtest/gtest.h>

namespace atlas::test {
namespace {

constexpr double minute = 60;

// One value a minute for so many hours, as `percent(hour)` says.
template <class Percent>
disk_trend after(double hours, Percent percent) {
  disk_trend trend;
  for (double at_minute = 0; at_minute <= hours * 60; ++at_minute) {
    trend.add(percent(at_minute / 60), at(at_minute * minute));
  }
  return trend;
}

TEST(DiskTrend, SaysNothingInTheFirstHour) {
  EXPECT_FALSE(after(0.5, [](double hour) { return 50 + hour; }).hours_left());
}

TEST(DiskTrend, SaysWhenADiskThatFillsEvenlyIsFull) {
  const auto left = after(4, [](double hour) { return 50 + 2 * hour; }).hours_left();
  ASSERT_TRUE(left);
  EXPECT_NEAR(*left, 21, 0.2);
}

TEST(DiskTrend, IsNotTurnedByOneCleanUpNorByABurst) {
  const auto cleaned =
      after(6, [](double hour) { return 60 + 2 * hour - (hour > 3 && hour < 3.4 ? 30 : 0); });
  EXPECT_NEAR(cleaned.hours_left().value(), 14, 0.5);
  const auto burst = after(6, [](double hour) { return hour > 5.6 ? 70.0 : 50.0; });
  EXPECT_EQ(burst.hours_left(), disk_trend::horizon);
}

TEST(DiskTrend, IsNeverForADiskThatDoesNotFillAndNowForAFullOne) {
  EXPECT_EQ(after(3, [](double hour) { return 90 - hour; }).hours_left(), disk_trend::horizon);
  EXPECT_EQ(after(3, [](double) { return 100.0; }).hours_left(), 0);
}

TEST(DiskTrend, ForgetsWhatIsOlderThanSixHours) {
  const auto left = after(20, [](double hour) { return hour < 12 ? 10 + 5 * hour : 70.0; }).hours_left();
  EXPECT_EQ(left, disk_trend::horizon);
}

TEST(DiskTrend, BeginsAnewWhenTheClockIsSetBack) {
  auto trend = after(3, [](double hour) { return 50 + 2 * hour; });
  trend.add(50, at(-3600));
  EXPECT_FALSE(trend.hours_left());
}

}  // namespace
}  // namespace atlas::test
