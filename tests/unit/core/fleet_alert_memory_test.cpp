#include "tests/unit/core/fleet_fixture.hpp"

namespace atlas::test {
namespace {

class FleetAlertMemory : public FleetTest {};

TEST_F(FleetAlertMemory, AreAcknowledgedOnceByWhoeverSeesToThem) {
  take(make_sample(0, 95));
  apply(alert_acknowledged{{make_host(), alert_rule::cpu, ""}, "ann"}, 5);
  EXPECT_EQ(changes(), strings{"h1:cpu acknowledged"});
  EXPECT_EQ(effects.alerts[0].acknowledged_by, "ann");
  EXPECT_EQ(effects.alerts[0].acknowledged_at, at(5));
  EXPECT_EQ(effects.alerts[0].since, at(0));
  apply(alert_acknowledged{{make_host(), alert_rule::cpu, ""}, "bob"}, 6);
  EXPECT_EQ(changes(), strings{});
  EXPECT_EQ(hosts.counts().alerts[alert_severity::warning], 1U);
  take(make_sample(10, 10));
  EXPECT_EQ(changes(), strings{"h1:cpu resolved"});
  apply(alert_acknowledged{{make_host(), alert_rule::memory, ""}, "ann"}, 11);
  EXPECT_EQ(changes(), strings{});
}

TEST_F(FleetAlertMemory, TellWhatToStoreAndTakeItBack) {
  take(make_sample(0, 95));
  apply(alert_acknowledged{{make_host(), alert_rule::cpu, ""}, "ann"}, 5);
  ASSERT_EQ(effects.memories.size(), 1U);
  const auto stored = effects.memories[0];
  fleet later(rules_with_hold(0));
  fleet_effects said;
  later.apply(alert_remembered{stored}, at(20), said);
  EXPECT_TRUE(said.alerts.empty());
  ASSERT_EQ(later.firing_alerts().size(), 1U);
  EXPECT_EQ(later.firing_alerts()[0].phase, alert_phase::acknowledged);
  EXPECT_EQ(later.firing_alerts()[0].acknowledged_by, "ann");
  later.apply(sample_received{make_host(), make_sample(30, 10)}, at(30), said);
  ASSERT_EQ(said.alerts.size(), 1U);
  EXPECT_EQ(said.alerts[0].change, alert_change::resolved);
}

TEST_F(FleetAlertMemory, AreNotRaisedByWhatIsOlderThanTheRunBeforeSaw) {
  apply(sample_remembered{make_host(), at(100), "b", 7}, 0);
  auto late = numbered("b", 5, 90);
  late.cpu.percent = 99;
  apply(sample_received{make_host(), late}, 110);
  EXPECT_EQ(changes(), strings{});
  EXPECT_FALSE(host().newest);
  auto fresh = numbered("b", 8, 110);
  fresh.cpu.percent = 99;
  apply(sample_received{make_host(), fresh}, 111);
  EXPECT_EQ(changes(), strings{"h1:cpu firing"});
}

TEST_F(FleetAlertMemory, AreForgottenOnceTheyCanNoLongerFlap) {
  take(make_sample(0, 95));
  take(make_sample(10, 10));
  EXPECT_EQ(hosts.memories().size(), 1U);
  take(make_sample(4000, 10));
  EXPECT_TRUE(hosts.memories().empty());
  ASSERT_EQ(effects.memories.size(), 1U);
  EXPECT_TRUE(effects.memories[0].is_empty());
}

}  // namespace
}  // namespace atlas::test
