#include "ingest/request_desk.hpp"

#include "fixtures.hpp"

#include <gtest/gtest.h>

namespace atlas::ingest {
namespace {

using namespace std::chrono_literals;

class RequestDesk : public testing::Test {
 protected:
  bool ask(const std::string& name) {
    return desk_.ask(host(name), "{}", now_, [this, name](const std::optional<processes_reply>& reply) {
      said_.push_back(name + (reply ? " answered" : " silent"));
    });
  }
  void answer(const std::string& name, const std::string& correlation) {
    desk_.tick({{host(name), correlation, {}}}, now_);
  }

  bool linked_ = true;
  std::vector<std::string> sent_;  // correlations
  std::vector<std::string> said_;
  request_desk::clock::time_point now_{};
  request_desk desk_{[this](const host_id&, const std::string&, const std::string& correlation) {
    if (linked_) sent_.push_back(correlation);
    return linked_;
  }};
};

using strings = std::vector<std::string>;

TEST_F(RequestDesk, GivesTheAnswerToWhoAsked) {
  ASSERT_TRUE(ask("web-1"));
  ASSERT_TRUE(ask("web-2"));
  EXPECT_NE(sent_[0], sent_[1]);
  answer("web-2", sent_[1]);
  answer("web-1", sent_[0]);
  EXPECT_EQ(said_, (strings{"web-2 answered", "web-1 answered"}));
  EXPECT_EQ(desk_.under_way(), 0U);
}

TEST_F(RequestDesk, BelievesOnlyTheHostThatWasAskedAndOnlyOnce) {
  ASSERT_TRUE(ask("web-1"));
  answer("web-2", sent_[0]);
  answer("web-1", "guessed");
  answer("web-1", "");
  EXPECT_TRUE(said_.empty());
  answer("web-1", sent_[0]);
  answer("web-1", sent_[0]);
  EXPECT_EQ(said_, strings{"web-1 answered"});
  EXPECT_EQ(desk_.unexpected(), 4U);
}

TEST_F(RequestDesk, GivesUpAfterTheAnswerTime) {
  ASSERT_TRUE(ask("web-1"));
  now_ += request_desk::answer_time - 1ms;
  desk_.tick({}, now_);
  EXPECT_TRUE(said_.empty());
  now_ += 1ms;
  desk_.tick({}, now_);
  EXPECT_EQ(said_, strings{"web-1 silent"});
  EXPECT_EQ(desk_.unanswered(), 1U);
  EXPECT_TRUE(ask("web-1")) << "it may be asked again";
}

TEST_F(RequestDesk, HasSoManyUnderWayAtMost) {
  ASSERT_TRUE(ask("web-0"));
  EXPECT_FALSE(ask("web-0")) << "one of a host";
  for (std::size_t i = 1; i < request_desk::max_under_way; ++i) ASSERT_TRUE(ask("web-" + std::to_string(i)));
  EXPECT_FALSE(ask("one-more"));
  answer("web-0", sent_[0]);
  EXPECT_TRUE(ask("one-more"));
}

TEST_F(RequestDesk, AsksNobodyWithoutABroker) {
  linked_ = false;
  EXPECT_FALSE(ask("web-1"));
  EXPECT_EQ(desk_.under_way(), 0U);
}

}  // namespace
}  // namespace atlas::ingest
