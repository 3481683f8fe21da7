#include "ingest/store/seq_set.hpp"

#include <limits>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace atlas::ingest::store {
namespace {

using ranges = std::vector<seq_range>;

TEST(SeqSet, JoinsNeighbours) {
  seq_set set;
  for (const std::uint64_t seq : {5U, 7U, 1U, 6U, 2U}) {
    EXPECT_TRUE(set.insert(seq));
    EXPECT_FALSE(set.insert(seq));
  }
  EXPECT_EQ(set.ranges(), (ranges{{1, 2}, {5, 7}}));
  EXPECT_EQ(set.highest(), 7U);
  EXPECT_EQ(set.missing(64), (ranges{{0, 0}, {3, 4}}));
}

TEST(SeqSet, HoldsTheEndsOfTheRange) {
  seq_set set;
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  EXPECT_TRUE(set.insert(most));
  EXPECT_TRUE(set.insert(most - 1));
  EXPECT_TRUE(set.insert(0));
  EXPECT_FALSE(set.insert(most));
  EXPECT_EQ(set.missing(64), (ranges{{1, most - 2}}));
}

TEST(SeqSet, TellsManyGapsInTurns) {
  seq_set set;
  for (std::uint64_t seq = 1; seq < 1000; seq += 2) {
    set.insert(seq);
  }
  std::set<std::uint64_t> told;  // stored, by what one of the turns says
  for (std::size_t turn = 0; turn < 9; ++turn) {
    const auto missing = set.missing(64, turn);
    EXPECT_LE(missing.size(), 64U);
    for (std::uint64_t seq = 0; seq <= set.highest(); ++seq) {
      bool listed = false;
      for (const auto& each : missing) {
        listed = listed || (seq >= each.from && seq <= each.to);
      }
      if (!listed) {
        EXPECT_TRUE(set.contains(seq)) << seq;
        told.insert(seq);
      }
    }
  }
  EXPECT_EQ(told.size(), 500U);
}

TEST(SeqSet, IsBounded) {
  seq_set set;
  for (std::uint64_t i = 0; i < seq_set::most_ranges + 10; ++i) {
    set.insert(i * 2);
  }
  EXPECT_EQ(set.ranges().size(), seq_set::most_ranges);
  EXPECT_TRUE(set.contains(1));
  EXPECT_FALSE(set.contains(101));
}

RC_GTEST_PROP(SeqSet, IsASetThatCanBeStored, ()) {
  const auto numbers =
      *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 60));
  seq_set set;
  std::set<std::uint64_t> reference;
  for (const auto each : numbers) {
    RC_ASSERT(set.insert(each) == reference.insert(each).second);
  }
  bytes written;
  byte_writer out(written);
  set.write(out);
  byte_reader in(written);
  const auto read = seq_set::read(in);
  RC_ASSERT(in.ok());
  RC_ASSERT(read.ranges() == set.ranges());
  std::set<std::uint64_t> missing;
  for (const auto& each : read.missing(64)) {
    for (auto seq = each.from; seq <= each.to; ++seq) {
      missing.insert(seq);
    }
  }
  for (std::uint64_t seq = 0; seq < 60; ++seq) {
    RC_ASSERT(read.contains(seq) == reference.contains(seq));
    RC_ASSERT(missing.contains(seq) ==
              (!reference.contains(seq) && !reference.empty() && seq < *reference.rbegin()));
  }
}

}  // namespace
}  // namespace atlas::ingest::store
