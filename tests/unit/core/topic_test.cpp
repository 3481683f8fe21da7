#include "core/topic.hpp"

#include "tests/unit/core/make.hpp"

#include <gtest/gtest.h>

namespace atlas::test {
namespace {

std::string of_org(std::string_view rest) { return "org/" + std::string(org_text) + std::string(rest); }

TEST(Topic, ReadsEveryChannelOfAHost) {
  for (const auto& [name, channel] :
       {std::pair{"metrics", host_channel::metrics}, std::pair{"info", host_channel::info},
        std::pair{"status", host_channel::status}, std::pair{"config", host_channel::config},
        std::pair{"ack", host_channel::ack}, std::pair{"cmd", host_channel::cmd},
        std::pair{"reply", host_channel::reply}}) {
    const auto text = of_org(std::string("/host/web-1/") + name);
    const host_topic expected{make_org(), make_host("web-1"), channel};
    EXPECT_EQ(parse_topic(text).value(), topic{expected}) << text;
    EXPECT_EQ(parse_host_topic(make_org(), text), expected) << text;
    EXPECT_EQ(format_topic(expected), text);
  }
}

TEST(Topic, ReadsAlertsAndTheSummary) {
  const auto alert_text = of_org("/alerts/h1/disk:%2Fhome");
  const alert_topic expected{make_org(), make_host(), "disk:%2Fhome"};
  EXPECT_EQ(parse_topic(alert_text).value(), topic{expected});
  EXPECT_EQ(format_topic(expected), alert_text);
  EXPECT_EQ(parse_topic(of_org("/summary")).value(), topic{summary_topic{make_org()}});
  EXPECT_EQ(format_topic(summary_topic{make_org()}), of_org("/summary"));
}

TEST(Topic, RefusesEverythingElse) {
  for (const auto& text : {std::string(""),
                           std::string("org"),
                           std::string("org/"),
                           std::string(org_text),
                           of_org(""),
                           of_org("/"),
                           of_org("/host"),
                           of_org("/host/"),
                           of_org("/host/h1"),
                           of_org("/host/h1/"),
                           of_org("/host//metrics"),
                           of_org("/host/h1/metrics/"),
                           of_org("/host/h1/metrics/x"),
                           of_org("/host/h1/Metrics"),
                           of_org("/host/../metrics"),
                           of_org("/host/+/metrics"),
                           of_org("/host/h1/#"),
                           of_org("/#"),
                           of_org("/summary/"),
                           of_org("/alerts/h1"),
                           of_org("/alerts/h1/"),
                           of_org("/alerts/h1/cpu/x"),
                           of_org("/alerts/h1/+"),
                           of_org("/alerts/h1/cpu#"),
                           "/" + of_org("/summary"),
                           std::string("org/AAAAAAAA-0000-4000-8000-00000000000a/summary"),
                           std::string("$SYS/broker/uptime"),
                           std::string("$share/g/") + of_org("/host/h1/metrics"),
                           of_org("/host/" + std::string(65, 'x') + "/ack"),
                           of_org("/alerts/h1/" + std::string(1025, 'x')),
                           of_org("/host/h1/metrics") + std::string(1, '\0')}) {
    const auto parsed = parse_topic(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().where, "topic");
    EXPECT_FALSE(parsed.error().what.empty());
    EXPECT_FALSE(parse_host_topic(make_org(), text)) << text;
  }
}

TEST(Topic, OfAnotherOrganisationIsNotAHostTopicOfOurs) {
  const auto other = make_org("bbbbbbbb-0000-4000-8000-00000000000b");
  const auto text = format_topic(host_topic{other, make_host(), host_channel::metrics});
  EXPECT_TRUE(parse_topic(text));
  EXPECT_FALSE(parse_host_topic(make_org(), text));
}

TEST(Topic, OfAnotherBranchIsNotAHostTopic) {
  EXPECT_FALSE(parse_host_topic(make_org(), of_org("/summary")));
  EXPECT_FALSE(parse_host_topic(make_org(), of_org("/alerts/h1/cpu")));
}

}  // namespace
}  // namespace atlas::test
