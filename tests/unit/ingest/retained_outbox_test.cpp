#include "ingest/retained_outbox.hpp"

#include <gtest/gtest.h>

namespace atlas::ingest {
namespace {

TEST(RetainedOutbox, SendsTopicsInTheOrderInWhichTheyCame) {
  retained_outbox box;
  box.put("a", "1");
  box.put("b", "2");
  ASSERT_NE(box.next(), nullptr);
  EXPECT_EQ(box.next()->topic, "a");
  box.sent(1);
  EXPECT_EQ(box.next()->topic, "b");
  box.sent(2);
  EXPECT_EQ(box.next(), nullptr);
  EXPECT_EQ(box.topic_of(2), "b");
  box.answered(2);
  box.answered(1);
  EXPECT_EQ(box.size(), 0U);
}

TEST(RetainedOutbox, OnlyTheNewestPayloadOfATopicIsSent) {
  retained_outbox box;
  box.put("a", "old");
  box.put("a", "new");
  EXPECT_EQ(box.next()->payload, "new");
  box.sent(1);
  EXPECT_EQ(box.next(), nullptr);
}

TEST(RetainedOutbox, ATopicInFlightWaitsForItsAnswer) {
  retained_outbox box;
  box.put("a", "1");
  box.sent(1);
  box.put("a", "2");
  box.put("a", "3");
  EXPECT_EQ(box.next(), nullptr);
  box.answered(1);
  ASSERT_NE(box.next(), nullptr);
  EXPECT_EQ(box.next()->payload, "3");
  box.sent(2);
  box.answered(2);
  EXPECT_EQ(box.size(), 0U);
}

TEST(RetainedOutbox, KeepsTheWindow) {
  retained_outbox box(2);
  box.put("a", "");
  box.put("b", "");
  box.put("c", "");
  box.sent(1);
  box.sent(2);
  EXPECT_EQ(box.next(), nullptr);
  box.answered(1);
  EXPECT_EQ(box.next()->topic, "c");
}

TEST(RetainedOutbox, SendsAgainWhatALostConnectionLeftUnanswered) {
  retained_outbox box;
  box.put("a", "1");
  box.put("b", "1");
  box.sent(1);
  box.sent(2);
  box.put("a", "2");
  box.disconnected();
  box.answered(1);  // of the old connection: means nothing now
  std::string sent;
  for (int token = 10; const auto* next = box.next(); ++token) {
    sent += next->topic + next->payload + " ";
    box.sent(token);
  }
  EXPECT_TRUE(sent == "a2 b1 " || sent == "b1 a2 ") << sent;
}

TEST(RetainedOutbox, IsBoundedAndCountsWhatItDrops) {
  retained_outbox box(10, 2);
  EXPECT_TRUE(box.put("a", "1"));
  EXPECT_TRUE(box.put("b", "1"));
  EXPECT_FALSE(box.put("c", "1"));
  EXPECT_TRUE(box.put("a", "2"));
  EXPECT_EQ(box.dropped(), 1U);
  EXPECT_EQ(box.size(), 2U);
}

}  // namespace
}  // namespace atlas::ingest
