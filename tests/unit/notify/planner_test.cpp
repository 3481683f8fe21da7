#include "tests/unit/notify/planner_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace atlas::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Planner : public testing::Test {
 protected:
  std::vector<notice> step(std::vector<alert_news> news, double seconds) {
    return planner.step(news, 40, at(seconds));
  }
  std::vector<notice> fire(std::string_view host, alert_rule rule, double seconds) {
    return step({news_of(host, rule, true, seconds)}, seconds);
  }
  std::vector<notice> clear(std::string_view host, alert_rule rule, double seconds) {
    return step({news_of(host, rule, false, seconds)}, seconds);
  }
  std::vector<notice> pass(double seconds) { return step({}, seconds); }
  // Every second.
  std::vector<notice> pass(double from, double to) {
    std::vector<notice> all;
    for (double now = from; now <= to; ++now) {
      for (auto& one : pass(now)) all.push_back(std::move(one));
    }
    return all;
  }

  notify_planner planner{rules_for({{.name = "ops"}})};
};

TEST_F(Planner, SaysNothingBeforeTheWindowCloses) {
  EXPECT_THAT(fire("web-1", alert_rule::cpu, 0), IsEmpty());
  EXPECT_THAT(pass(29), IsEmpty());
  EXPECT_THAT(shown(pass(30)), ElementsAre("opened web-1:cpu"));
  EXPECT_THAT(pass(31, 300), IsEmpty());
}

TEST_F(Planner, PutsWhatFiresInOneWindowIntoOneMessage) {
  fire("web-1", alert_rule::cpu, 0);
  fire("db", alert_rule::disk, 20);
  EXPECT_THAT(shown(pass(30)), ElementsAre("opened db:disk web-1:cpu"));
}

TEST_F(Planner, DoesNotMentionWhatIsOverWithinTheWindow) {
  fire("web-1", alert_rule::cpu, 0);
  clear("web-1", alert_rule::cpu, 10);
  EXPECT_THAT(pass(11, 200), IsEmpty());
}

TEST_F(Planner, ResolvesOnceWhenAllAreOver) {
  fire("web-1", alert_rule::cpu, 0);
  fire("db", alert_rule::disk, 1);
  pass(30);
  EXPECT_THAT(clear("web-1", alert_rule::cpu, 100), IsEmpty());
  EXPECT_THAT(pass(101, 200), IsEmpty());
  clear("db", alert_rule::disk, 200);
  EXPECT_THAT(shown(pass(201, 300)), ElementsAre("resolved db:disk web-1:cpu"));
  EXPECT_EQ(planner.open_incidents(), 0U);
}

TEST_F(Planner, MakesOneMessageOfFortyHostsThatAreLostAndOneWhenTheyAreBack) {
  std::vector<notice> all;
  for (int host = 0; host < 40; ++host) {
    for (auto& one : fire("h" + std::to_string(host), alert_rule::offline, host * 0.125)) all.push_back(one);
  }
  for (auto& one : pass(6, 120)) all.push_back(one);
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_TRUE(all[0].mass);
  EXPECT_THAT(all[0].alerts, SizeIs(40));
  EXPECT_THAT(headline(all[0]), HasSubstr("40 of 40 hosts lost, "));
  for (int host = 0; host < 40; ++host) {
    EXPECT_THAT(clear("h" + std::to_string(host), alert_rule::offline, 130 + host), IsEmpty());
  }
  all = pass(171, 300);
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].kind, notice_kind::resolved);
  EXPECT_THAT(headline(all[0]), HasSubstr("40 hosts are back after "));
}

TEST_F(Planner, KeepsALossOfManyHostsApartFromOtherAlerts) {
  fire("db", alert_rule::disk, 0);
  for (int host = 0; host < 5; ++host) fire("h" + std::to_string(host), alert_rule::offline, 1);
  EXPECT_THAT(pass(30), SizeIs(2));
}

TEST_F(Planner, AddsHostsThatAreLostALittleLaterToTheLoss) {
  for (int host = 0; host < 5; ++host) fire("h" + std::to_string(host), alert_rule::offline, 0);
  EXPECT_THAT(pass(30), SizeIs(1));
  fire("late", alert_rule::offline, 40);
  EXPECT_THAT(shown(pass(41, 80)), ElementsAre(testing::StartsWith("grown ")));
  EXPECT_EQ(planner.open_incidents(), 1U);
}

TEST_F(Planner, SaysAtMostThreeThingsADayOfAnAlertThatAlternates) {
  for (const double period : {2.0, 10.0, 45.0, 61.0, 600.0, 2'000.0, 4'000.0}) {
    planner = notify_planner(rules_for({{.name = "ops"}}));
    std::size_t said = 0;
    bool firing = false;
    for (double now = 0; now < a_day; now += 1) {
      if (std::fmod(now, period) < 1) {
        firing = !firing;
        said += step({news_of("web-1", alert_rule::cpu, firing, now)}, now).size();
      } else {
        said += pass(now).size();
      }
    }
    EXPECT_GE(said, 1U) << period;
    EXPECT_LE(said, 3U) << period;
  }
}

TEST_F(Planner, SaysThatAnAlertKeepsChangingAndResolvesItWhenItHasBeenSteady) {
  std::vector<notice> all;
  for (int round = 0; round < 3; ++round) {
    for (auto& one : fire("web-1", alert_rule::cpu, round * 200)) all.push_back(one);
    for (auto& one : pass(round * 200 + 1, round * 200 + 99)) all.push_back(one);
    for (auto& one : clear("web-1", alert_rule::cpu, round * 200 + 100)) all.push_back(one);
    for (auto& one : pass(round * 200 + 101, round * 200 + 199)) all.push_back(one);
  }
  EXPECT_THAT(shown(all), ElementsAre("opened web-1:cpu", "resolved web-1:cpu", "opened web-1:cpu"));
  EXPECT_TRUE(all.back().noisy);
  EXPECT_THAT(headline(all.back()), HasSubstr("keeps changing"));
  EXPECT_THAT(shown(pass(600, a_day + 60)), ElementsAre("resolved web-1:cpu"));
}

TEST_F(Planner, StillKnowsThatAnAlertKeptChangingWhenItIsToldAllThatFires) {
  for (const double start : {0.0, 2.0}) {
    fire("web", alert_rule::cpu, start);
    clear("web", alert_rule::cpu, start + 1);
  }
  EXPECT_THAT(shown(fire("web", alert_rule::cpu, 4)), ElementsAre("opened web:cpu"));
  planner.reconcile(std::vector{news_of("web", alert_rule::cpu, true, 4)}, 40, at(10));
  clear("web", alert_rule::cpu, 20);
  EXPECT_THAT(pass(21, 1'000), IsEmpty()) << "it has not been steady";
  EXPECT_THAT(shown(pass(1'001, 2'000)), ElementsAre("resolved web:cpu"));
}

TEST_F(Planner, RepeatsUntilSomebodyAcknowledges) {
  planner = notify_planner(rules_for({{.name = "ops", .repeat = std::chrono::minutes(10)}}));
  fire("web-1", alert_rule::cpu, 0);
  EXPECT_THAT(shown(pass(1, 1'300)),
              ElementsAre("opened web-1:cpu", "repeated web-1:cpu", "repeated web-1:cpu"));
  auto news = news_of("web-1", alert_rule::cpu, true, 0);
  news.acknowledged = true;
  step({news}, 1'301);
  EXPECT_THAT(pass(1'302, 6'000), IsEmpty());
}

TEST_F(Planner, EscalatesOnlyWhatNobodyHasAcknowledged) {
  const auto boss = std::chrono::minutes(5);
  planner = notify_planner(rules_for({{.name = "ops"}, {.name = "boss", .escalate_after = boss}}));
  fire("web-1", alert_rule::cpu, 0);
  auto all = pass(1, 400);
  ASSERT_THAT(shown(all), ElementsAre("opened web-1:cpu", "escalated web-1:cpu"));
  EXPECT_THAT(all[0].channels, ElementsAre("ops"));
  EXPECT_THAT(all[1].channels, ElementsAre("boss"));
  clear("web-1", alert_rule::cpu, 500);
  all = pass(501, 600);
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all[0].channels, ElementsAre("ops", "boss"));

  auto news = news_of("web-2", alert_rule::cpu, true, 0);
  news.acknowledged = true;
  step({news}, 1'000);
  for (const auto& one : pass(1'001, 2'000)) EXPECT_THAT(one.channels, ElementsAre("ops"));
}

TEST_F(Planner, TellsAChannelOnlyOfWhatIsBadEnoughAndOfItsEnd) {
  planner = notify_planner(rules_for(
      {{.name = "pager", .min_severity = alert_severity::critical}, {.name = "log", .resolved = false}}));
  fire("web-1", alert_rule::cpu, 0);  // a warning
  auto all = pass(30);
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all[0].channels, ElementsAre("log"));
  clear("web-1", alert_rule::cpu, 40);
  EXPECT_THAT(pass(41, 100), IsEmpty());
  fire("db", alert_rule::disk, 200);
  EXPECT_THAT(pass(201, 260), SizeIs(1));
  clear("db", alert_rule::disk, 300);
  all = pass(301, 400);
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all[0].channels, ElementsAre("pager"));
}

TEST_F(Planner, SaysWhenAnAlertBecomesWorse) {
  auto news = news_of("web-1", alert_rule::cpu, true, 0);
  step({news}, 0);
  pass(30);
  news.value.severity = alert_severity::critical;
  EXPECT_THAT(shown(step({news}, 60)), ElementsAre("grown web-1:cpu"));
}

TEST_F(Planner, DoesNotMentionWhatIsSilenced) {
  auto news = news_of("web-1", alert_rule::cpu, true, 0);
  news.silenced = true;
  step({news}, 0);
  EXPECT_THAT(pass(1, 100), IsEmpty());
}

TEST_F(Planner, FindsByReconcilingWhatACrashHasLost) {
  fire("web-1", alert_rule::cpu, 0);
  pass(30);
  const std::vector now_firing{news_of("db", alert_rule::disk, true, 60)};
  planner.reconcile(now_firing, 40, at(60));
  EXPECT_THAT(shown(pass(61, 120)), ElementsAre("opened db:disk", "resolved web-1:cpu"));
}

TEST_F(Planner, SaysNothingAgainAfterAnyNumberOfRestarts) {
  const std::vector firing{news_of("web-1", alert_rule::cpu, true, 0),
                           news_of("db", alert_rule::disk, true, 0)};
  step(firing, 0);
  EXPECT_THAT(pass(30), SizeIs(1));
  for (int restart = 0; restart < 20; ++restart) {
    const auto state = planner.save();
    planner = notify_planner(rules_for({{.name = "ops"}}));
    ASSERT_TRUE(planner.load(state));
    EXPECT_THAT(planner.reconcile(firing, 40, at(60 + restart * 60)), IsEmpty());
    EXPECT_THAT(step(firing, 61 + restart * 60), IsEmpty());
    EXPECT_THAT(pass(62 + restart * 60, 110 + restart * 60), IsEmpty());
  }
}

TEST_F(Planner, RefusesAStateThatIsNone) {
  EXPECT_FALSE(planner.load("{"));
  EXPECT_FALSE(planner.load("{}"));
  EXPECT_FALSE(planner.load(R"({"next":1,"window":null,"waiting":[{}],"incidents":[],"spent":{}})"));
}

TEST(Notice, SurvivesTheWayThroughTheOutbox) {
  notice before;
  before.incident = "20261125T091403Z-7";
  before.number = 3;
  before.kind = notice_kind::grown;
  before.alerts.push_back({news_of("web-1", alert_rule::disk, true, 5).value, true, true});
  before.opened = before.at = at(7);
  const auto after = parse_notice(format_notice(before));
  ASSERT_TRUE(after);
  EXPECT_EQ(format_notice(*after), format_notice(before));
}

TEST(Notice, HasAHeadlineOfOneLineWhateverAMountIsCalled) {
  notice what;
  auto value = news_of("web-1", alert_rule::disk, true, 5).value;
  value.key.instance = "/a\r\nBcc: all@example.com\n\x1b[31m";
  what.alerts.push_back({value, true, false});
  EXPECT_EQ(headline(what).find_first_of("\r\n\x1b"), std::string::npos);
}

}  // namespace
}  // namespace atlas::test
