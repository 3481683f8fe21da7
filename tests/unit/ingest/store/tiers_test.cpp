#include "fixture.hpp"

#include <algorithm>

namespace atlas::ingest::store {
namespace {

constexpr auto t0 = start_of_time;

class TiersTest : public StoreTest {
 protected:
  // A sample every `step`, whose value is its number.
  void fill(std::int64_t from, std::int64_t to, std::int64_t step) {
    for (auto ts = from; ts < to; ts += step) {
      hand_over(ts, static_cast<double>((ts - t0) / step % 1000), ++seq_);
      if (queue.size() >= 50'000) {
        write();
      }
    }
    write();
  }
  std::uint64_t seq_ = 0;
};

TEST_F(TiersTest, AnswerFromTheCoarsestTierThatHasEnoughPoints) {
  now = t0 + 2 * day_ms;
  fill(t0 + day_ms, now, 10'000);
  for (const bool compacted : {false, true}) {
    if (compacted) {
      compact();
    }
    EXPECT_EQ(ask(now - hour_ms, now - 1, 400).size(), 360U);
    const auto chart = ask(now - day_ms, now - 1, 240);
    EXPECT_LE(chart.size(), 240U);
    EXPECT_GE(chart.size(), 235U);
    const auto minutes = ask(now - day_ms, now - 1, 1440);
    EXPECT_EQ(minutes.size(), 1440U);
    const auto wide = [](const auto& point) { return point.max - point.min > 5; };
    EXPECT_LE(std::count_if(minutes.begin(), minutes.end(), wide), 9);  // where the values begin anew
    const auto one = ask(now - day_ms, now - 1, 1);
    ASSERT_EQ(one.size(), 1U);
    EXPECT_EQ(one[0].min, 0);
    EXPECT_EQ(one[0].max, 999);
  }
}

TEST_F(TiersTest, GiveSamplesAsTheyAreWhereTheyFit) {
  now = t0 + 2 * day_ms;
  fill(t0 + day_ms + 123, now, 10 * minute_ms);
  compact();
  const auto found = raw(now - day_ms, now);
  ASSERT_EQ(found.size(), 144U);
  EXPECT_EQ(found[5].first, t0 + day_ms + 123 + 50 * minute_ms);
}

TEST_F(TiersTest, FallBackToTheNextTierWhereAFinerOneIsPruned) {
  now = t0 + 40 * day_ms;
  fill(t0, now, 5 * minute_ms);
  compact();
  // 2 days raw, 30 days of minutes, hours for the rest; every sample counts once.
  const auto all = ask(t0, now, 100'000);
  const std::size_t raw_count = 2 * 288;
  const std::size_t minute_count = 28 * 288;
  EXPECT_NEAR(static_cast<double>(all.size()), static_cast<double>(raw_count + minute_count + 10 * 24), 100);
  for (std::size_t i = 1; i < all.size(); ++i) {
    EXPECT_LT(all[i - 1].ts, all[i].ts);
  }
  const auto month = ask(t0 + 10 * day_ms, now, 720);
  EXPECT_LE(month.size(), 720U);
  EXPECT_GE(month.size(), 700U);
}

TEST_F(TiersTest, ArePrunedOfHostsThatAreSilentToo) {
  now = t0 + day_ms;
  fill(t0, now, 10 * minute_ms);
  compact();
  EXPECT_EQ(ask(t0, now).size(), 144U);
  now = t0 + 5 * day_ms;
  compact();
  EXPECT_EQ(ask(t0, t0 + day_ms).size(), 144U);  // minutes with one sample each
  now = t0 + 40 * day_ms;
  compact();
  EXPECT_EQ(ask(t0, t0 + day_ms).size(), 24U);
  now = t0 + 800 * day_ms;
  compact();
  EXPECT_TRUE(ask(t0, t0 + day_ms).empty());
}

TEST_F(TiersTest, TakeLateSamplesOfATimeWhoseRawBlocksAreGone) {
  now = t0 + day_ms;
  fill(t0, t0 + hour_ms, minute_ms);
  compact();
  now = t0 + 5 * day_ms;
  hand_over(t0 + 30 * minute_ms + 1, 5000, ++seq_);
  write();
  compact();
  const auto minutes = ask(t0, t0 + hour_ms, 100);
  EXPECT_EQ(minutes.size(), 60U);
  EXPECT_EQ(minutes[30].max, 5000);
  EXPECT_EQ(minutes[30].min, 30);
}

}  // namespace
}  // namespace atlas::ingest::store
