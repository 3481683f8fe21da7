#include "agent/backoff.hpp"
#include "agent/rate.hpp"
#include "agent/schedule.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace atlas::agent {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

double share(int thousandths) { return thousandths / 1000.0; }

RC_GTEST_PROP(Backoff, StaysBetweenHalfTheStepAndTheMost, ()) {
  const auto first = milliseconds(*rc::gen::inRange(1, 2000));
  const auto most = milliseconds(*rc::gen::inRange(1, 100'000));
  backoff waits(first, most);
  auto step = std::min(first, most);
  for (const int random : *rc::gen::container<std::vector<int>>(20, rc::gen::inRange(0, 1001))) {
    const auto wait = waits.next(share(random));
    RC_ASSERT(wait <= most);
    RC_ASSERT(wait <= step);
    RC_ASSERT(wait * 2 + milliseconds(1) >= step);
    step = std::min(step * 2, most);
  }
}

RC_GTEST_PROP(Backoff, BeginsAnewAfterAReset, ()) {
  backoff waits(milliseconds(400), seconds(5));
  const int attempts = *rc::gen::inRange(0, 20);
  for (int i = 0; i < attempts; ++i) waits.next(1);
  waits.reset();
  RC_ASSERT(waits.next(1) == milliseconds(400));
}

TEST(Backoff, GrowsToItsMost) {
  backoff waits(milliseconds(400), seconds(5));
  std::vector<milliseconds::rep> seen;
  for (int i = 0; i < 6; ++i) seen.push_back(waits.next(1).count());
  EXPECT_EQ(seen, (std::vector<milliseconds::rep>{400, 800, 1600, 3200, 5000, 5000}));
  EXPECT_EQ(waits.next(0), milliseconds(2500));
}

TEST(Schedule, TakesTheFirstSampleSoonAndThenKeepsTheBeat) {
  const monotonic_time start{};
  schedule beat(start, seconds(10));
  EXPECT_EQ(beat.due(), start + seconds(1));
  beat.taken(start + milliseconds(1003));
  EXPECT_EQ(beat.due(), start + seconds(11));
  beat.taken(start + milliseconds(11'250));
  EXPECT_EQ(beat.due(), start + seconds(21)) << "lateness does not add up";
}

TEST(Schedule, LeavesOutWhatItHasSleptThrough) {
  const monotonic_time start{};
  schedule beat(start, seconds(10));
  beat.taken(start + seconds(1));
  beat.taken(start + seconds(95));
  EXPECT_EQ(beat.due(), start + seconds(101));
}

TEST(Schedule, ChangesTheIntervalFromTheLastSampleOn) {
  const monotonic_time start{};
  schedule beat(start, seconds(60));
  beat.taken(start + seconds(1));
  beat.change_interval(seconds(2));
  EXPECT_EQ(beat.due(), start + seconds(3));
  EXPECT_EQ(beat.interval(), seconds(2));
}

TEST(Schedule, DoesNotPutTheFirstSampleOff) {
  const monotonic_time start{};
  schedule beat(start, seconds(1));
  beat.change_interval(seconds(3600));
  EXPECT_EQ(beat.due(), start + seconds(1));
}

TEST(Rate, IsTheGrowthPerSecond) {
  rate_meter meter;
  const monotonic_time start{};
  EXPECT_FALSE(meter.update(100, start).has_value());
  EXPECT_EQ(meter.update(400, start + seconds(2)), 150.0);
  EXPECT_FALSE(meter.update(500, start + seconds(2)).has_value()) << "no time has passed";
  EXPECT_EQ(meter.update(10, start + seconds(3)), 0.0) << "the counter was reset";
  EXPECT_EQ(meter.update(20, start + seconds(4)), 10.0);
}

}  // namespace
}  // namespace atlas::agent
