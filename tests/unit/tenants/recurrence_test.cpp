#include "tenants/recurrence.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace atlas::tenants {
namespace {

using std::chrono::hours;
using std::chrono::sys_days;
using namespace std::chrono_literals;

unix_ms on(std::chrono::year_month_day day, hours hour) { return unix_ms{sys_days{day}} + hour; }

TEST(TimeZones, AreThoseOfTheMachinesDatabase) {
  EXPECT_TRUE(is_time_zone("UTC"));
  EXPECT_TRUE(is_time_zone("Europe/Berlin"));
  for (const auto* wrong : {"", "Mars/Olympus", "../../etc/passwd", "Europe/Berlin\n"}) {
    EXPECT_FALSE(is_time_zone(wrong)) << wrong;
  }
}

TEST(Recurrence, IsCheckedForSyntaxAndFrequency) {
  EXPECT_TRUE(check_recurrence(""));
  EXPECT_TRUE(check_recurrence("FREQ=WEEKLY;BYDAY=SA,SU"));
  for (const auto* wrong : {"weekly", "FREQ=OFTEN", "FREQ=MINUTELY", "FREQ=HOURLY;INTERVAL=30"}) {
    const auto checked = check_recurrence(wrong);
    ASSERT_FALSE(checked) << wrong;
    EXPECT_EQ(checked.error().where, "repeat");
  }
}

TEST(Recurrence, OfNothingIsTheFirstSpanWhileItMatters) {
  const time_span first{on(2026y / 3 / 1, 10h), on(2026y / 3 / 1, 12h)};
  EXPECT_EQ(recurring_spans(first, "", "UTC", {on(2026y / 3 / 1, 11h), on(2026y / 3 / 2, 0h)}),
            std::vector{first});
  EXPECT_TRUE(recurring_spans(first, "", "UTC", {first.until, on(2026y / 3 / 2, 0h)}).empty());
}

// 02:00 to 04:00 in Berlin: 01:00 UTC in winter, 00:00 UTC once the clocks have gone forward on 29 March
// 2026.
TEST(Recurrence, FollowsTheClockOfItsTimeZone) {
  const time_span first{on(2026y / 3 / 27, 1h), on(2026y / 3 / 27, 3h)};
  const auto spans =
      recurring_spans(first, "FREQ=DAILY", "Europe/Berlin", {on(2026y / 3 / 27, 0h), on(2026y / 4 / 1, 0h)});
  ASSERT_EQ(spans.size(), 5U);
  EXPECT_EQ(spans[0], first);
  EXPECT_EQ(spans[1].from, on(2026y / 3 / 28, 1h));
  EXPECT_EQ(spans[3].from, on(2026y / 3 / 30, 0h));
  EXPECT_EQ(spans[3].until, on(2026y / 3 / 30, 2h));
}

TEST(Recurrence, CountsTheFirstSpanWhateverItsDay) {
  const time_span first{on(2026y / 6 / 3, 8h), on(2026y / 6 / 3, 9h)};  // a Wednesday
  const auto spans =
      recurring_spans(first, "FREQ=WEEKLY;BYDAY=SA", "UTC", {on(2026y / 6 / 3, 0h), on(2026y / 6 / 8, 0h)});
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0], first);
  EXPECT_EQ(spans[1].from, on(2026y / 6 / 6, 8h));
}

TEST(Recurrence, EndsWithItsRuleAndShowsOnlyTheWindow) {
  const time_span first{on(2026y / 6 / 6, 8h), on(2026y / 6 / 6, 9h)};
  const auto spans = recurring_spans(first, "FREQ=WEEKLY;BYDAY=SA,SU;COUNT=4", "UTC",
                                     {on(2026y / 6 / 7, 0h), on(2027y / 1 / 1, 0h)});
  ASSERT_EQ(spans.size(), 3U);
  EXPECT_EQ(spans[0].from, on(2026y / 6 / 7, 8h));
  EXPECT_EQ(spans[2].from, on(2026y / 6 / 14, 8h));
}

}  // namespace
}  // namespace atlas::tenants
