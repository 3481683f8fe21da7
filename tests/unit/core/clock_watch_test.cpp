#include "core/clock_watch.hpp"

#include "tests/unit/core/make.hpp"

#include <gtest/gtest.h>

namespace atlas::test {
namespace {

class ClockWatch : public testing::Test {
 protected:
  // A sample that was taken `lag` seconds before it arrives, by the host's clock.
  void see(double now, double lag) { watch.see(at(now - lag), at(now)); }
  std::optional<double> offset() const {
    const auto found = watch.offset();
    return found ? std::optional(static_cast<double>(found->count()) / 1000) : std::nullopt;
  }
  double correction() const { return static_cast<double>(watch.correction().count()) / 1000; }

  clock_watch watch;
};

TEST_F(ClockWatch, SaysNothingOfAClockThatIsRight) {
  for (int i = 0; i < 100; ++i) see(10 * i, i % 7 * 0.3);
  EXPECT_FALSE(offset());
  EXPECT_EQ(correction(), 0);
}

TEST_F(ClockWatch, NoticesAClockThatIsBehindOrAhead) {
  for (const double lag : {30.0, -30.0}) {
    see(0, lag);
    see(10, lag + 0.4);
    EXPECT_FALSE(offset()) << "it takes a while to be sure";
    see(20, lag + 0.1);
    EXPECT_EQ(offset(), -lag);
    EXPECT_EQ(correction(), 0) << "the charts can bear that";
    watch = {};
  }
}

TEST_F(ClockWatch, PutsRightWhatIsFarOffAndDoesNotTremble) {
  for (int i = 0; i < 50; ++i) {
    see(i, 600 + i % 5 * 0.1);
    if (i >= 10) {
      EXPECT_EQ(correction(), 600) << i;
    }
  }
}

TEST_F(ClockWatch, KnowsAtOnceThatTheFutureIsNone) {
  see(0, -3'600);
  EXPECT_EQ(offset(), 3'600);
  EXPECT_EQ(correction(), -3'600);
}

TEST_F(ClockWatch, IsNotFooledByWhatWasDelayed) {
  // Ten minutes of samples, drained in a second, and again more slowly than they were taken.
  for (int i = 0; i < 60; ++i) see(600 + i * 0.02, 600 - 10 * i);
  EXPECT_FALSE(offset());
  watch = {};
  for (int i = 0; i < 60; ++i) see(600 + i, 600 - 9 * i);
  EXPECT_FALSE(offset());
}

TEST_F(ClockWatch, IsNotFooledByOneTimeStampForAll) {
  for (int i = 0; i < 60; ++i) watch.see(at(0), at(1'000 + i));
  EXPECT_FALSE(offset());
}

TEST_F(ClockWatch, FollowsAClockThatIsSet) {
  for (int i = 0; i < 10; ++i) see(10 * i, 7'200);
  EXPECT_EQ(correction(), 7'200);
  see(100, 0.2);
  EXPECT_FALSE(offset());
  for (int i = 11; i < 20; ++i) see(10 * i, 90);
  EXPECT_EQ(offset(), -90);
}

}  // namespace
}  // namespace atlas::test
