#include "ingest/store/block.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace atlas::ingest::store {
namespace {

history_block raw(std::vector<std::int64_t> times, std::vector<float> values, std::uint32_t metric = 1) {
  history_block made;
  made.times = std::move(times);
  made.columns.push_back({metric, std::move(values), {}, {}, {}});
  return made;
}

TEST(Block, RollsUpToMinMeanMaxAndCount) {
  const auto minutes = roll_up(raw({60'000, 70'000, 80'000, 120'000}, {1, 2, 6, 9}), tier::minute);
  EXPECT_EQ(minutes.times, (std::vector<std::int64_t>{70'000, 120'000}));
  EXPECT_EQ(minutes.counts, (std::vector<std::uint32_t>{3, 1}));
  ASSERT_EQ(minutes.columns.size(), 1U);
  const auto& column = minutes.columns[0];
  EXPECT_EQ(column.mean, (std::vector<float>{3, 9}));
  EXPECT_EQ(column.least, (std::vector<float>{1, 9}));
  EXPECT_EQ(column.most, (std::vector<float>{6, 9}));
  EXPECT_EQ(column.counts, (std::vector<std::uint32_t>{3, 1}));
}

TEST(Block, RollsUpTheSameWhateverThePortions) {
  const std::vector<std::int64_t> times{0, 10'000, 20'000, 65'000, 70'000, 3'700'000};
  const std::vector<float> values{4, 8, 3, 1, 2, 5};
  const auto whole = roll_up(raw(times, values), tier::minute);
  for (std::size_t cut = 0; cut <= times.size(); ++cut) {
    const auto at = static_cast<std::ptrdiff_t>(cut);
    const auto first = raw({times.begin(), times.begin() + at}, {values.begin(), values.begin() + at});
    const auto second = raw({times.begin() + at, times.end()}, {values.begin() + at, values.end()});
    const auto merged = merge(roll_up(second, tier::minute), roll_up(first, tier::minute));
    EXPECT_EQ(merged.times, whole.times);
    EXPECT_EQ(merged.counts, whole.counts);
    EXPECT_EQ(merged.columns[0].mean, whole.columns[0].mean);
    EXPECT_EQ(merged.columns[0].least, whole.columns[0].least);
    EXPECT_EQ(merged.columns[0].most, whole.columns[0].most);
  }
}

TEST(Block, MergesLateRowsInOrderOfTime) {
  const auto merged = merge(raw({10, 30, 50}, {1, 3, 5}), raw({20, 30, 60}, {2, 4, 6}));
  EXPECT_EQ(merged.times, (std::vector<std::int64_t>{10, 20, 30, 30, 50, 60}));
  EXPECT_EQ(merged.columns[0].mean, (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

TEST(Block, LeavesGapsWhereAMetricIsNotThere) {
  const auto merged = merge(raw({10, 30}, {1, 3}, 7), raw({20}, {2}, 5));
  ASSERT_EQ(merged.columns.size(), 2U);
  EXPECT_EQ(merged.columns[0].metric, 5U);
  EXPECT_TRUE(std::isnan(merged.columns[0].mean[0]));
  EXPECT_EQ(merged.columns[0].mean[1], 2);
  EXPECT_EQ(merged.columns[1].mean[2], 3);
  const auto minutes = roll_up(merged, tier::minute);
  EXPECT_EQ(minutes.counts, (std::vector<std::uint32_t>{3}));
  EXPECT_EQ(minutes.columns[0].counts, (std::vector<std::uint32_t>{1}));
  EXPECT_EQ(minutes.columns[1].counts, (std::vector<std::uint32_t>{2}));
  EXPECT_EQ(minutes.columns[1].mean, (std::vector<float>{2}));
}

TEST(Block, SlicesByTimeAndDropsWhatHasNoValue) {
  const auto merged = merge(raw({10, 30}, {1, 3}, 7), raw({20}, {2}, 5));
  const auto part = slice(merged, 10, 20);
  EXPECT_EQ(part.times, (std::vector<std::int64_t>{10}));
  ASSERT_EQ(part.columns.size(), 1U);
  EXPECT_EQ(part.columns[0].metric, 7U);
  EXPECT_EQ(slice(merged, 40, 50).rows(), 0U);
  EXPECT_EQ(slice(merged, 50, 40).rows(), 0U);
}

}  // namespace
}  // namespace atlas::ingest::store
