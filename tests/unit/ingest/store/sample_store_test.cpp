#include "fixture.hpp"

#include <random>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

namespace atlas::ingest::store {
namespace {

constexpr auto t0 = start_of_time;

using ranges = std::vector<seq_range>;

TEST_F(StoreTest, ShowsASampleAtOnceAndKeepsItAcrossARestart) {
  hand_over(t0, 12.5, 1);
  EXPECT_EQ(raw(), (raw_points{{t0, 12.5}}));
  write();
  restart();
  EXPECT_EQ(raw(), (raw_points{{t0, 12.5}}));
  EXPECT_EQ(ask(0, now, 10, "twice").at(0).mean, 25);
  compact();
  EXPECT_EQ(store->counted().tail_samples, 0U);
  EXPECT_EQ(raw(), (raw_points{{t0, 12.5}}));
  restart();
  EXPECT_EQ(raw(), (raw_points{{t0, 12.5}}));
}

TEST_F(StoreTest, GivesNothingOfAnUnknownHostOrMetric) {
  EXPECT_TRUE(ask(0, now).empty());
  hand_over(t0, 1, 1);
  EXPECT_TRUE(ask(0, now, 10, "memory").empty());
  EXPECT_TRUE(ask(0, now, 10, "cpu", "db").empty());
  EXPECT_TRUE(ask(0, now, 0).empty());
}

TEST_F(StoreTest, TakesEachSampleOnceWheneverItComesAgain) {
  const auto send = [&] {
    for (std::uint64_t seq = 1; seq <= 5; ++seq) {
      hand_over(t0 + static_cast<std::int64_t>(seq) * 10'000, static_cast<double>(seq), seq);
    }
  };
  send();
  send();
  write();
  send();
  write();
  compact();
  send();
  write();
  restart();
  send();
  write();
  EXPECT_EQ(raw().size(), 5U);
  EXPECT_EQ(store->counted().stored, 0U);
  EXPECT_EQ(store->counted().repeated, 5U);
  EXPECT_EQ(ask(0, now, 1).size(), 1U);
}

TEST_F(StoreTest, TakesOneSampleOfATimeWhereTheyHaveNoIdentity) {
  const auto send = [&] {
    hand_over(t0, 1, std::nullopt);
    hand_over(t0 + 10'000, 2, 7, "");
  };
  for (int i = 0; i < 2; ++i) {
    send();
    write();
    send();
    compact();
    restart();
  }
  send();
  EXPECT_EQ(raw(), (raw_points{{t0, 1}, {t0 + 10'000, 2}}));
}

TEST_F(StoreTest, KeepsTwoSamplesOfOneTimeThatAreNotTheSame) {
  hand_over(t0, 1, 1);
  hand_over(t0, 2, 2);
  write();
  compact();
  EXPECT_EQ(raw(), (raw_points{{t0, 1}, {t0, 2}}));
}

TEST_F(StoreTest, AcknowledgesWhatIsDurableAndNamesTheGaps) {
  hand_over(t0, 1, 1);
  hand_over(t0, 1, 4);
  hand_over(t0, 1, 2, "other");
  store->take(queue, now);
  EXPECT_TRUE(store->take_acks().empty());
  write();
  const auto acks = store->take_acks();
  ASSERT_EQ(acks.size(), 2U);
  EXPECT_EQ(acks[0].content, (sample_ack{"boot", 4, {{0, 0}, {2, 3}}}));
  EXPECT_EQ(acks[1].content, (sample_ack{"other", 2, {{0, 1}}}));
  EXPECT_TRUE(store->take_acks().empty());

  compact();
  restart();
  hand_over(t0, 1, 4);  // a repeat: its publisher has not heard
  write();
  const auto again = store->take_acks();
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].content, acks[0].content);
}

TEST_F(StoreTest, DoesNotMissWhatItsPublisherHasGivenUp) {
  hand_over(t0, 1, 2);
  hand_over(t0 + 1, 1, 9, "boot", "web", 4);
  hand_over(t0 + 2, 1, 12, "boot", "web", 2);
  write();
  const auto acks = store->take_acks();
  ASSERT_EQ(acks.size(), 1U);
  EXPECT_EQ(acks[0].content, (sample_ack{"boot", 12, {{0, 1}, {3, 4}}}));
  EXPECT_EQ(raw().size(), 3U);
}

TEST_F(StoreTest, MergesLateSamplesIntoTheirBlocks) {
  std::vector<std::uint64_t> order;
  for (std::uint64_t seq = 1; seq <= 300; ++seq) {
    order.push_back(seq);
  }
  std::shuffle(order.begin(), order.end(), std::mt19937{7});
  for (std::size_t i = 0; i < order.size(); ++i) {
    hand_over(t0 + static_cast<std::int64_t>(order[i]) * 30'000, static_cast<double>(order[i]), order[i]);
    if (i % 40 == 0) {
      write();
      compact();
    }
    if (i % 90 == 0) {
      restart();
    }
  }
  write();
  compact();
  const auto found = raw();
  ASSERT_EQ(found.size(), 300U);
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].second, static_cast<double>(i + 1));
  }
  const auto one = ask(0, now, 1);
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(one[0].min, 1);
  EXPECT_EQ(one[0].max, 300);
  EXPECT_NEAR(one[0].mean, 150.5, 0.01);
}

TEST_F(StoreTest, ErasesAHostAndNoOther) {
  hand_over(t0, 1, 1);
  hand_over(t0, 2, 1, "boot", "db");
  write();
  compact();
  hand_over(t0 + 1, 3, 2);
  queue.push_erase(host());
  hand_over(t0 + 2, 4, 1);  // it has enrolled anew
  write();
  EXPECT_EQ(raw(), (raw_points{{t0 + 2, 4}}));
  restart();
  EXPECT_EQ(raw(), (raw_points{{t0 + 2, 4}}));
  EXPECT_EQ(ask(0, now, 10, "cpu", "db").size(), 1U);
  queue.push_erase(host());
  write();
  compact();
  restart();
  EXPECT_TRUE(raw().empty());
  SQLite::Database db(file().string());
  EXPECT_EQ(db.execAndGet("SELECT count(*) FROM history_blocks").getInt(), 3);
  EXPECT_EQ(db.execAndGet("SELECT count(*) FROM history_boots").getInt(), 1);
}

TEST_F(StoreTest, KeepsWhatItHasTakenUntilItCanBeWritten) {
  hand_over(t0, 1, 1);
  write();
  store->take_acks();
  {
    SQLite::Database other(file().string(), SQLite::OPEN_READWRITE);
    hand_over(t0 + 1, 2, 2);
    store->take(queue, now);
    other.exec("BEGIN IMMEDIATE");
    const auto failed = store->commit(now);
    ASSERT_FALSE(failed);
    EXPECT_THAT(failed.error().what, testing::HasSubstr("locked"));
    EXPECT_TRUE(store->take_acks().empty());
    EXPECT_EQ(raw().size(), 2U);
    other.exec("ROLLBACK");
  }
  write();
  ASSERT_EQ(store->take_acks().size(), 1U);
  restart();
  EXPECT_EQ(raw().size(), 2U);
}

TEST_F(StoreTest, ReplacesABlockThatCannotBeRead) {
  hand_over(t0, 1, 1);
  write();
  compact();
  {
    SQLite::Database db(file().string(), SQLite::OPEN_READWRITE);
    db.exec("UPDATE history_blocks SET content = x'01ff'");
  }
  EXPECT_FALSE(store->query({host(), "cpu", from_unix_ms(0), from_unix_ms(now), 10}));
  hand_over(t0 + 1, 2, 2);
  write();
  compact();
  EXPECT_EQ(store->counted().damaged, 3U);
  EXPECT_EQ(raw(), (raw_points{{t0 + 1, 2}}));
}

}  // namespace
}  // namespace atlas::ingest::store
