#include "ingest/inbox.hpp"

#include "fixtures.hpp"
#include "ingest/inbox_reader.hpp"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

namespace atlas::ingest {
namespace {

fleet_event event_of(std::uint64_t seq, std::string_view id = "h1") {
  sample_received made{host(id), {}};
  made.value.seq = seq;
  return made;
}

std::uint64_t seq_of(const fleet_event& event) { return *std::get<sample_received>(event).value.seq; }

TEST(Inbox, GivesEventsBackInOrderAndAllAtOnce) {
  inbox box({}, [] {});
  for (std::uint64_t seq = 0; seq < 5; ++seq) {
    EXPECT_TRUE(box.push(event_of(seq), 10));
  }
  std::vector<fleet_event> batch;
  ASSERT_TRUE(box.take(batch));
  ASSERT_EQ(batch.size(), 5U);
  for (std::uint64_t seq = 0; seq < 5; ++seq) {
    EXPECT_EQ(seq_of(batch[seq]), seq);
  }
  EXPECT_FALSE(box.take(batch));
  EXPECT_TRUE(batch.empty());
}

TEST(Inbox, DropsAndCountsTheNewestWhenItIsFullOfEvents) {
  inbox box({.events = 3, .bytes = 1000}, [] {});
  for (std::uint64_t seq = 0; seq < 5; ++seq) {
    EXPECT_EQ(box.push(event_of(seq), 1), seq < 3);
  }
  EXPECT_EQ(box.dropped(), 2U);
  std::vector<fleet_event> batch;
  ASSERT_TRUE(box.take(batch));
  ASSERT_EQ(batch.size(), 3U);
  EXPECT_EQ(seq_of(batch.back()), 2U);
  EXPECT_TRUE(box.push(event_of(9), 1));
}

TEST(Inbox, DropsAndCountsWhatWouldPassTheByteLimit) {
  inbox box({.events = 100, .bytes = 1000}, [] {});
  EXPECT_TRUE(box.push(event_of(1), 600));
  EXPECT_FALSE(box.push(event_of(2), 401));
  EXPECT_TRUE(box.push(event_of(3), 400));
  EXPECT_FALSE(box.push(event_of(4), 1));
  EXPECT_EQ(box.dropped(), 2U);
}

TEST(Inbox, WakesOnceUntilTheConsumerHasFoundItEmpty) {
  int wakes = 0;
  inbox box({}, [&] { ++wakes; });
  std::vector<fleet_event> batch;
  box.push(event_of(1), 1);
  box.push(event_of(2), 1);
  EXPECT_EQ(wakes, 1);
  ASSERT_TRUE(box.take(batch));
  box.push(event_of(3), 1);
  EXPECT_EQ(wakes, 1) << "the consumer is awake: it comes back by itself";
  ASSERT_TRUE(box.take(batch));
  ASSERT_FALSE(box.take(batch));
  box.push(event_of(4), 1);
  EXPECT_EQ(wakes, 2);
}

TEST(Inbox, LosesNothingBetweenThreads) {
  constexpr std::uint64_t count = 20'000;
  boost::asio::io_context io;
  std::vector<std::uint64_t> next(2, 0);
  std::uint64_t taken = 0;
  bool in_order = true;
  inbox_reader reader(io, [&](std::span<fleet_event> events) {
    for (const auto& event : events) {
      const std::size_t producer = std::get<sample_received>(event).host == host("a") ? 0 : 1;
      in_order = in_order && seq_of(event) == next[producer];
      ++next[producer];
      ++taken;
    }
  });
  inbox box({.events = 2 * count, .bytes = 2 * count}, [&] { reader.wake(); });
  const auto produce = [&](std::string_view id) {
    for (std::uint64_t seq = 0; seq < count; ++seq) {
      box.push(event_of(seq, id), 1);
    }
  };
  std::thread first(produce, "a");
  reader.open(box);
  std::thread second(produce, "b");
  EXPECT_TRUE(run_until(io, [&] { return taken == 2 * count; })) << taken;
  first.join();
  second.join();
  EXPECT_TRUE(in_order);
  EXPECT_EQ(box.dropped(), 0U);
  reader.close();
}

TEST(InboxReader, LeavesEventsWhereTheyAreUntilItIsOpened) {
  boost::asio::io_context io;
  std::size_t taken = 0;
  inbox_reader reader(io, [&](std::span<fleet_event> events) { taken += events.size(); });
  inbox box({}, [&] { reader.wake(); });
  box.push(event_of(1), 1);
  io.poll();
  EXPECT_EQ(taken, 0U);
  reader.open(box);
  EXPECT_EQ(taken, 1U);
  box.push(event_of(2), 1);
  EXPECT_TRUE(run_until(io, [&] { return taken == 2; }));
  reader.close();
  box.push(event_of(3), 1);
  io.restart();
  io.poll();
  EXPECT_EQ(taken, 2U);
}

TEST(InboxReader, HandsALongBatchOverInSlicesWithOtherWorkInBetween) {
  boost::asio::io_context io;
  std::vector<std::size_t> slices;
  inbox_reader reader(io, [&](std::span<fleet_event> events) { slices.push_back(events.size()); });
  inbox box({}, [&] { reader.wake(); });
  for (std::uint64_t seq = 0; seq < 2 * inbox_reader::slice + 1; ++seq) {
    box.push(event_of(seq), 1);
  }
  reader.open(box);
  EXPECT_EQ(slices.size(), 1U);
  EXPECT_TRUE(run_until(io, [&] { return slices.size() == 3; }));
  EXPECT_EQ(slices, (std::vector<std::size_t>{inbox_reader::slice, inbox_reader::slice, 1}));
  reader.close();
}

}  // namespace
}  // namespace atlas::ingest
