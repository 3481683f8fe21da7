#include "core/silence.hpp"

#include "tests/unit/core/fleet_fixture.hpp"

namespace atlas::test {
namespace {

silence from_to(double from, double until) { return {"s1", "", "", std::nullopt, {{at(from), at(until)}}}; }

TEST(Silence, IsOnWithinItsSpans) {
  auto value = from_to(0, 10);
  value.spans.push_back({at(20), at(30)});
  EXPECT_TRUE(is_on(value, at(0)));
  EXPECT_FALSE(is_on(value, at(10)));
  EXPECT_TRUE(is_on(value, at(20)));
  EXPECT_FALSE(is_on(value, at(30)));
}

TEST(Silence, FitsByHostTagAndRuleAll) {
  silence value{"s1", "web-*", "prod", alert_rule::cpu, {}};
  EXPECT_TRUE(fits(value, make_host("web-1"), {"prod"}, alert_rule::cpu));
  EXPECT_FALSE(fits(value, make_host("db"), {"prod"}, alert_rule::cpu));
  EXPECT_FALSE(fits(value, make_host("web-1"), {}, alert_rule::cpu));
  EXPECT_FALSE(fits(value, make_host("web-1"), {"prod"}, alert_rule::memory));
}

class FleetSilences : public FleetTest {};

TEST_F(FleetSilences, MarkAnAlertThatKeepsItsStateAndUnmarkItWhenTheyEnd) {
  apply(silences_changed{{from_to(5, 30)}}, 0);
  take(make_sample(10, 95));
  EXPECT_FALSE(effects.alerts.at(0).silenced) << "the silence is found to be on by the clock of the service";
  pass(11);
  ASSERT_EQ(effects.alerts.size(), 1U);
  EXPECT_EQ(effects.alerts[0].change, alert_change::silenced);
  EXPECT_TRUE(hosts.firing_alerts().at(0).silenced);
  pass(12);
  EXPECT_TRUE(effects.alerts.empty());
  pass(30);
  ASSERT_EQ(effects.alerts.size(), 1U);
  EXPECT_EQ(effects.alerts[0].change, alert_change::unsilenced);
}

TEST_F(FleetSilences, MarkAnAlertFromTheMomentItFires) {
  apply(silences_changed{{from_to(0, 100)}}, 0);
  take(make_sample(10, 95));
  ASSERT_EQ(effects.alerts.size(), 1U);
  EXPECT_EQ(effects.alerts[0].change, alert_change::fired);
  EXPECT_TRUE(effects.alerts[0].silenced);
  take(make_sample(20, 10));
  EXPECT_EQ(changes(), strings{"h1:cpu resolved"});
  EXPECT_TRUE(effects.alerts[0].silenced) << "what was not announced is not to be announced as over";
}

TEST_F(FleetSilences, EndWhenTheyAreTakenAway) {
  apply(silences_changed{{from_to(0, 100)}}, 0);
  take(make_sample(10, 95));
  apply(silences_changed{}, 11);
  ASSERT_EQ(effects.alerts.size(), 1U);
  EXPECT_EQ(effects.alerts[0].change, alert_change::unsilenced);
}

TEST_F(FleetSilences, FollowTheTagsOfAHost) {
  auto tagged = from_to(0, 100);
  tagged.tag = "lab";
  apply(silences_changed{{tagged}}, 0);
  take(make_sample(10, 95));
  EXPECT_FALSE(effects.alerts.at(0).silenced);
  host_info info;
  info.tags = {"lab"};
  apply(info_received{make_host(), info}, 11);
  EXPECT_TRUE(hosts.firing_alerts().at(0).silenced);
}

}  // namespace
}  // namespace atlas::test
