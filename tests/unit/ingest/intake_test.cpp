#include "ingest/intake.hpp"

#include "fixtures.hpp"
#include "ingest/guard_watch.hpp"
#include "ingest/inbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace atlas::ingest {
namespace {

class Intake : public testing::Test {
 protected:
  std::vector<fleet_event> taken() {
    std::vector<fleet_event> batch;
    box.take(batch);
    return batch;
  }
  std::uint64_t rejected_samples() const {
    std::uint64_t sum = 0;
    for (const auto reason : all_rejections) {
      sum += messages.rejected(reason);
    }
    return sum;
  }

  inbox box{{}, [] {}};
  guard_watch guard{std::chrono::steady_clock::now()};
  intake messages{test_org(), box, guard};
};

TEST_F(Intake, TurnsASampleIntoAnEventOfItsHost) {
  messages.take(topic_of("web-1", "metrics"), sample_json(7, 33.5), false);
  const auto events = taken();
  ASSERT_EQ(events.size(), 1U);
  const auto& event = std::get<sample_received>(events[0]);
  EXPECT_EQ(event.host, host("web-1"));
  EXPECT_EQ(event.value.cpu.percent, 33.5);
  EXPECT_EQ(event.value.seq, 7U);
}

TEST_F(Intake, TakesTheNewestOfAnArrayFirstSoThatTheOthersAreLate) {
  messages.take(topic_of("web-1", "metrics"),
                " [" + sample_json(1) + "," + sample_json(2) + "," + sample_json(3) + "]", false);
  const auto events = taken();
  ASSERT_EQ(events.size(), 3U);
  const std::vector<std::uint64_t> order{3, 1, 2};
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto& event = std::get<sample_received>(events[i]);
    EXPECT_EQ(event.value.seq, order[i]);
    EXPECT_TRUE(event.catching_up);
  }
  messages.take(topic_of("web-1", "metrics"), sample_json(4), false);
  EXPECT_FALSE(std::get<sample_received>(taken().at(0)).catching_up);
  messages.take(topic_of("web-1", "metrics"), "[]", false);
  EXPECT_TRUE(taken().empty());
}

TEST_F(Intake, CountsARejectedPayloadByItsReasonAndGoesOn) {
  messages.take(topic_of("h", "metrics"), "not json", false);
  messages.take(topic_of("h", "metrics"), R"({"v":1})", false);
  messages.take(topic_of("h", "metrics"), std::string(70'000, ' '), false);
  EXPECT_EQ(messages.rejected(rejection::not_json), 1U);
  EXPECT_EQ(messages.rejected(rejection::missing_member), 1U);
  EXPECT_EQ(messages.rejected(rejection::too_large), 1U);
  EXPECT_EQ(rejected_samples(), 3U);
  EXPECT_TRUE(taken().empty());
  messages.take(topic_of("h", "metrics"), sample_json(1), false);
  EXPECT_EQ(taken().size(), 1U);
}

TEST_F(Intake, RefusesAStoredSample) {
  messages.take(topic_of("h", "metrics"), sample_json(1), true);
  EXPECT_TRUE(taken().empty());
  EXPECT_EQ(messages.refused(refusal::retained_sample), 1U);
}

TEST_F(Intake, RefusesEveryTopicThatIsNotItsOwnBeforeThePayload) {
  const std::string other = "org/bbbbbbbb-0000-4000-8000-00000000000b/host/h/metrics";
  const std::vector<std::string> topics{other,
                                        "",
                                        "/",
                                        "org",
                                        topic_of("h", "metrics/more"),
                                        topic_of("h", "unknown"),
                                        topic_of("", "metrics"),
                                        topic_of("..", "metrics"),
                                        topic_of("h", "cmd"),
                                        topic_of("h", "config"),
                                        "$SYS/broker/uptime",
                                        "org/" + std::string(org_text) + "/summary",
                                        "org/bbbbbbbb-0000-4000-8000-00000000000b/alerts/h/cpu"};
  for (const auto& topic : topics) {
    messages.take(topic, "not json", true);
    messages.take(topic, sample_json(1), false);
  }
  EXPECT_TRUE(taken().empty());
  EXPECT_EQ(messages.refused(refusal::foreign_topic), 2 * topics.size());
  EXPECT_EQ(rejected_samples(), 0U);
  EXPECT_TRUE(messages.take_restored().empty());
}

TEST_F(Intake, TakesInventoryAndStatusRetainedOrNot) {
  messages.take(topic_of("h", "info"), R"({"os":"linux","cores":4})", true);
  messages.take(topic_of("h", "status"), R"({"state":"online","ts":1764000000000,"boot":"b"})", false);
  const auto events = taken();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(std::get<info_received>(events[0]).value.cores, 4U);
  EXPECT_EQ(std::get<status_received>(events[1]).value.state, reported_state::online);
}

TEST_F(Intake, CountsBadInventoriesAndStatusesAndIgnoresClearedOnes) {
  messages.take(topic_of("h", "info"), "[]", true);
  messages.take(topic_of("h", "status"), R"({"state":"dancing"})", false);
  messages.take(topic_of("h", "info"), "", false);
  messages.take(topic_of("h", "status"), "", false);
  EXPECT_TRUE(taken().empty());
  EXPECT_EQ(messages.refused(refusal::bad_info), 1U);
  EXPECT_EQ(messages.refused(refusal::bad_status), 1U);
}

TEST_F(Intake, KeepsRepliesWithTheirCorrelationDataInBounds) {
  const auto reply = format_rekey_reply({2, std::nullopt});
  const auto topic = topic_of("h", "reply");
  messages.take(topic, reply, false, "abc");
  messages.take(topic, R"({"cmd":"focus","ok":true})", false, "abc");
  messages.take(topic, "[]", false, "abc");
  messages.take(topic, reply, false, std::string(65, 'x'));
  const auto replies = messages.take_replies();
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies[0].host, host("h"));
  EXPECT_EQ(replies[0].correlation, "abc");
  EXPECT_EQ(replies[0].reply.generation, 2U);
  EXPECT_EQ(messages.refused(refusal::bad_reply), 2U);
  EXPECT_TRUE(messages.take_replies().empty());
  for (int i = 0; i < 5'000; ++i) messages.take(topic, reply, false, "abc");
  EXPECT_EQ(messages.take_replies().size(), 4'096U);
  EXPECT_TRUE(taken().empty());
}

TEST_F(Intake, KeepsListsOfProcessesApartAndInBounds) {
  const auto topic = topic_of("h", "reply");
  const auto reply = format_processes_reply({std::nullopt, {{7, "init", "root", 1, 2}}});
  messages.take(topic, reply, false, "abc");
  messages.take(topic, R"({"cmd":"processes","ok":true})", false, "abc");
  messages.take(topic, reply + std::string(max_processes_reply_bytes, ' '), false, "abc");
  const auto answers = messages.take_answers();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].host, host("h"));
  EXPECT_EQ(answers[0].reply.processes.at(0).name, "init");
  EXPECT_EQ(messages.refused(refusal::bad_reply), 2U);
  EXPECT_TRUE(messages.take_replies().empty());
  for (int i = 0; i < 1'000; ++i) messages.take(topic, reply, false, "abc");
  EXPECT_EQ(messages.take_answers().size(), 128U);
}

TEST_F(Intake, TakesWhatTheGuardOfItsOwnOrganisationReports) {
  const auto now = [] { return std::chrono::steady_clock::now(); };
  EXPECT_FALSE(guard.readiness(now()).ready);
  messages.take("org/" + std::string(org_text) + "/guard", "{}", false);
  messages.take("org/bbbbbbbb-0000-4000-8000-00000000000b/guard", format_guard_report({9}), false);
  EXPECT_FALSE(guard.newest(now()));
  EXPECT_EQ(messages.refused(refusal::bad_guard_report), 1U);
  EXPECT_EQ(messages.refused(refusal::foreign_topic), 1U);
  messages.take("org/" + std::string(org_text) + "/guard", format_guard_report({1, 2}), false);
  EXPECT_EQ(guard.newest(now()), (guard_report{1, 2}));
  EXPECT_TRUE(guard.readiness(now()).ready);
  EXPECT_FALSE(guard.newest(now() + 2 * guard_watch::patience)) << "it has gone";
  EXPECT_THAT(guard.readiness(now() + 2 * guard_watch::patience).detail, testing::HasSubstr("not heard of"));
}

TEST_F(Intake, KeepsRetainedAlertsThatAgreeWithTheirTopic) {
  const alert fired{
      {host("h"), alert_rule::disk, "/home"}, alert_severity::critical, alert_phase::firing, 95, 90,
      from_unix_ms(1'764'000'000'000)};
  const auto topic = [](std::string_view id, const std::string& level) {
    return "org/" + std::string(org_text) + "/alerts/" + std::string(id) + "/" + level;
  };
  messages.take(topic("h", fired.key.topic_level()), format_alert(fired), true);
  messages.take(topic("h", fired.key.topic_level()), format_alert(fired), false);  // its own, published now
  messages.take(topic("h", fired.key.topic_level()), "", true);
  messages.take(topic("other", fired.key.topic_level()), format_alert(fired), true);
  messages.take(topic("h", "cpu"), format_alert(fired), true);
  messages.take(topic("h", "cpu"), "{", true);
  EXPECT_EQ(messages.refused(refusal::bad_alert), 3U);
  const auto restored = messages.take_restored();
  ASSERT_EQ(restored.size(), 1U);
  EXPECT_EQ(restored[0].key, fired.key);
  EXPECT_TRUE(messages.take_restored().empty());
}

}  // namespace
}  // namespace atlas::ingest
