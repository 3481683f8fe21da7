#include "ingest/ack_sender.hpp"

#include <gtest/gtest.h>

namespace atlas::ingest {
namespace {

using namespace std::chrono_literals;

class AckSender : public testing::Test {
 protected:
  static host_id host(std::string_view id) { return *host_id::parse(id); }
  static std::vector<store::host_ack> up_to(std::uint64_t seq, std::string_view id = "web",
                                            std::string boot = "b") {
    return {{host(id), {std::move(boot), seq, {}}}};
  }

  ack_sender::time now{1h};
  bool connected = true;
  std::vector<std::string> sent;
  ack_sender sender{10s, [this](const host_id& to, const std::string& text) {
                      if (connected) {
                        sent.push_back(std::string(to.text()) + text);
                      }
                      return connected;
                    }};
};

TEST_F(AckSender, SendsTheFirstAtOnceAndTheNewestAnIntervalLater) {
  sender.stored(up_to(1), now);
  EXPECT_EQ(sent, (std::vector<std::string>{R"(web{"boot":"b","seq":1})"}));
  for (std::uint64_t seq = 2; seq < 10; ++seq) {
    now += 1s;
    sender.stored(up_to(seq), now);
    sender.tick(now);
  }
  EXPECT_EQ(sent.size(), 1U);
  EXPECT_EQ(sender.waiting(), 1U);
  now += 2s;
  sender.tick(now);
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[1], R"(web{"boot":"b","seq":9})");
  now += 1min;
  sender.tick(now);
  EXPECT_EQ(sent.size(), 2U);
  EXPECT_EQ(sender.sent(), 2U);
}

TEST_F(AckSender, KeepsHostsApart) {
  sender.stored(up_to(1), now);
  sender.stored(up_to(1, "db"), now);
  EXPECT_EQ(sent.size(), 2U);
}

TEST_F(AckSender, SendsTheBootsOfOneHostInTurn) {
  sender.stored(up_to(1), now);
  sender.stored(up_to(2, "web", "old"), now);
  sender.stored(up_to(3, "web", "new"), now);
  now += 10s;
  sender.tick(now);
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[1], R"(web{"boot":"old","seq":2})");
  sender.tick(now);
  EXPECT_EQ(sent.size(), 2U);
  now += 10s;
  sender.tick(now);
  EXPECT_EQ(sent.back(), R"(web{"boot":"new","seq":3})");
}

TEST_F(AckSender, TriesAgainWhileThereIsNoConnection) {
  connected = false;
  sender.stored(up_to(1), now);
  sender.stored(up_to(2), now);
  EXPECT_TRUE(sent.empty());
  connected = true;
  now += 1s;
  sender.tick(now);
  EXPECT_EQ(sent, (std::vector<std::string>{R"(web{"boot":"b","seq":2})"}));
}

TEST_F(AckSender, LeavesSomeForTheNextTime) {
  for (int i = 0; i < 2000; ++i) {
    sender.stored(up_to(1, "first"), now);
  }
  EXPECT_EQ(sent.size(), 1U);
  std::vector<store::host_ack> many;
  for (int i = 0; i < 2000; ++i) {
    many.push_back(up_to(1, "host-" + std::to_string(i)).front());
  }
  sender.stored(std::move(many), now);
  EXPECT_LT(sent.size(), 1000U);
  for (int i = 0; i < 5; ++i) {
    sender.tick(now);
  }
  EXPECT_EQ(sent.size(), 2001U);
}

}  // namespace
}  // namespace atlas::ingest
