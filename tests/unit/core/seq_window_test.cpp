#include "core/seq_window.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace atlas::test {
namespace {

using judged = seq_window::verdict;

seq_window started_at(std::uint64_t seq) {
  seq_window window;
  window.restart(seq);
  return window;
}

TEST(SeqWindow, CountsWhatIsSkipped) {
  auto window = started_at(10);
  EXPECT_EQ(window.add(11).skipped, 0U);
  const auto step = window.add(15);
  EXPECT_EQ(step.what, judged::newest);
  EXPECT_EQ(step.skipped, 3U);
}

TEST(SeqWindow, TellsALateNumberFromARepeat) {
  auto window = started_at(10);
  window.add(15);
  EXPECT_EQ(window.add(15).what, judged::repeated);
  EXPECT_EQ(window.add(10).what, judged::repeated);
  EXPECT_EQ(window.add(12).what, judged::late);
  EXPECT_EQ(window.add(12).what, judged::repeated);
}

TEST(SeqWindow, KnowsWhetherALateNumberFillsAGap) {
  auto window = started_at(10);
  window.add(12);
  EXPECT_TRUE(window.add(11).fills_a_gap);
  EXPECT_FALSE(window.add(9).fills_a_gap);
}

TEST(SeqWindow, RemembersTheNewest1024Exactly) {
  auto window = started_at(0);
  for (std::uint64_t seq = 1; seq <= 5000; ++seq) {
    if (seq % 7 != 0) {
      window.add(seq);
    }
  }
  for (std::uint64_t seq = 5000 - 1023; seq <= 5000; ++seq) {
    EXPECT_EQ(window.add(seq).what, seq % 7 == 0 ? judged::late : judged::repeated) << seq;
  }
  EXPECT_EQ(window.add(5000 - 1024).what, judged::late);
}

TEST(SeqWindow, ForgetsEverythingAfterALongLeap) {
  auto window = started_at(5);
  EXPECT_EQ(window.add(5 + 100'000).skipped, 99'999U);
  EXPECT_EQ(window.add(100'004).what, judged::late);
  EXPECT_EQ(window.add(5).what, judged::late);
}

TEST(SeqWindow, TakesTheLargestNumbers) {
  constexpr auto largest = std::numeric_limits<std::uint64_t>::max();
  auto window = started_at(0);
  EXPECT_EQ(window.add(largest).skipped, largest - 1);
  EXPECT_EQ(window.add(largest).what, judged::repeated);
  EXPECT_EQ(window.add(largest - 1).what, judged::late);
}

}  // namespace
}  // namespace atlas::test
