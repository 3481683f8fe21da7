#include "tests/unit/core/fleet_fixture.hpp"

namespace atlas::test {
namespace {

sample with_disks(double seconds, std::vector<std::pair<std::string, double>> disks) {
  auto value = make_sample(seconds);
  for (auto& [mount, percent] : disks) {
    value.disks.push_back({std::move(mount), "", "", 0, 0, percent, {}, {}});
  }
  return value;
}

alert restored(alert_rule rule, double since, std::string instance = "") {
  return {{make_host(), rule, std::move(instance)},
          rule == alert_rule::disk || rule == alert_rule::offline ? alert_severity::critical
                                                                  : alert_severity::warning,
          alert_phase::firing,
          99,
          90,
          at(since)};
}

class FleetAlerts : public FleetTest {};

TEST_F(FleetAlerts, FireOnceAndResolveOnce) {
  take(make_sample(0, 95));
  EXPECT_EQ(changes(), strings{"h1:cpu firing"});
  EXPECT_EQ(effects.alerts[0].value, 95);
  EXPECT_EQ(effects.alerts[0].threshold, 90);
  EXPECT_EQ(effects.alerts[0].severity, alert_severity::warning);
  EXPECT_EQ(effects.alerts[0].since, at(0));
  take(make_sample(10, 87));
  EXPECT_EQ(changes(), strings{});
  EXPECT_EQ(hosts.firing_alerts().at(0).value, 87);
  take(make_sample(20, 80));
  EXPECT_EQ(changes(), strings{"h1:cpu resolved"});
  EXPECT_EQ(effects.alerts[0].since, at(20));
  EXPECT_EQ(firing(), strings{});
}

TEST_F(FleetAlerts, ComeForMemoryAndForEachDisk) {
  auto value = with_disks(0, {{"/", 95}, {"/home", 50}, {"/data", 91}});
  value.memory.percent = 99;
  take(value);
  EXPECT_EQ(changes(), (strings{"h1:memory firing", "h1:disk:%2F firing", "h1:disk:%2Fdata firing"}));
}

TEST_F(FleetAlerts, FollowADiskWhereverItStandsInTheSample) {
  take(with_disks(0, {{"/", 95}, {"/home", 50}}));
  take(with_disks(10, {{"/home", 50}, {"/new", 10}, {"/", 95}}));
  EXPECT_EQ(changes(), strings{});
  EXPECT_EQ(firing(), strings{"h1:disk:%2F"});
  take(with_disks(20, {{"/home", 95}, {"/", 20}}));
  EXPECT_EQ(changes(), (strings{"h1:disk:%2Fhome firing", "h1:disk:%2F resolved"}));
}

TEST_F(FleetAlerts, ResolveWhenTheirDiskIsGone) {
  take(with_disks(0, {{"/", 95}, {"/usb", 99}}));
  take(with_disks(10, {{"/", 95}}));
  EXPECT_EQ(changes(), strings{"h1:disk:%2Fusb resolved"});
  EXPECT_EQ(effects.alerts[0].value, 99);
  EXPECT_EQ(firing(), strings{"h1:disk:%2F"});
}

TEST_F(FleetAlerts, TakeTheFirstOfTwoDisksOfOneName) {
  take(with_disks(0, {{"/", 95}, {"/", 10}}));
  EXPECT_EQ(changes(), strings{"h1:disk:%2F firing"});
  take(with_disks(10, {{"/", 95}, {"/", 10}}));
  EXPECT_EQ(changes(), strings{});
}

TEST_F(FleetAlerts, OfAHostStayWhenItDisappears) {
  take(make_sample(0, 95));
  say(reported_state::lost, 5);
  pass(100);
  EXPECT_EQ(firing(), (strings{"h1:cpu", "h1:offline"}));
}

TEST_F(FleetAlerts, AreListedByHostRuleAndInstance) {
  take(with_disks(0, {{"/z", 95}, {"/a", 95}}), "b");
  take(make_sample(0, 95, 95), "a");
  say(reported_state::lost, 1, "", "b");
  pass(60);
  EXPECT_EQ(firing(), (strings{"a:cpu", "a:memory", "a:offline", "b:disk:%2Fa", "b:disk:%2Fz", "b:offline"}));
  EXPECT_EQ(hosts.firing_alerts(make_host("b")).size(), 3U);
  EXPECT_TRUE(hosts.firing_alerts(make_host("nobody")).empty());
}

TEST_F(FleetAlerts, AreCountedBySeverity) {
  take(with_disks(0, {{"/", 95}}));
  take(make_sample(0, 95, 95), "h2");
  auto counts = hosts.counts().alerts;
  EXPECT_EQ(counts[alert_severity::warning], 2U);
  EXPECT_EQ(counts[alert_severity::critical], 1U);
  take(make_sample(10), "h2");
  EXPECT_EQ(hosts.counts().alerts[alert_severity::warning], 0U);
}

TEST_F(FleetAlerts, OfflineFiresOnceAHostIsLostLongEnough) {
  take(make_sample(0));
  say(reported_state::lost, 10);
  EXPECT_EQ(changes(), strings{});
  pass(29);
  EXPECT_EQ(changes(), strings{});
  pass(30);
  EXPECT_EQ(changes(), strings{"h1:offline firing"});
  EXPECT_EQ(effects.alerts[0].value, 30);
  EXPECT_EQ(effects.alerts[0].threshold, 30);
  EXPECT_EQ(effects.alerts[0].severity, alert_severity::critical);
  pass(45);
  EXPECT_EQ(changes(), strings{});
  EXPECT_EQ(hosts.firing_alerts().at(0).value, 45);
  take(make_sample(50));
  EXPECT_EQ(changes(), strings{"h1:offline resolved"});
}

TEST_F(FleetAlerts, OfflineFiresTheMomentAHostTurnsSilent) {
  take(make_sample(0));
  pass(30);
  EXPECT_EQ(changes(), strings{"h1:offline firing"});
}

TEST_F(FleetAlerts, OfflineDoesNotComeForAHostThatSaidGoodbye) {
  for (const auto said : {reported_state::stopped, reported_state::sleeping}) {
    take(make_sample(0));
    say(said, 1);
    pass(1000);
    EXPECT_EQ(changes(), strings{});
  }
}

TEST_F(FleetAlerts, OfflineResolvesWhenAHostStopsOrSleeps) {
  take(make_sample(0));
  pass(30);
  say(reported_state::stopped, 40);
  EXPECT_EQ(changes(), strings{"h1:offline resolved"});
}

TEST_F(FleetAlerts, OfflineOfAHostNeverSeenCountsFromWhenItWasFirstHeardOf) {
  say(reported_state::lost, 100);
  pass(129);
  EXPECT_EQ(changes(), strings{});
  pass(130);
  EXPECT_EQ(changes(), strings{"h1:offline firing"});
  EXPECT_EQ(effects.alerts[0].value, 30);
}

TEST_F(FleetAlerts, OfflineDoesNotComeForAHostThatIsOnlyRegistered) {
  apply(host_registered{make_host()}, 0);
  pass(1000);
  EXPECT_EQ(changes(), strings{});
}

TEST_F(FleetAlerts, OfflineSurvivesAClockThatIsSetBack) {
  take(make_sample(1000));
  pass(1030);
  EXPECT_EQ(changes(), strings{"h1:offline firing"});
  pass(10);
  EXPECT_EQ(changes(), strings{});
  EXPECT_EQ(firing(), strings{"h1:offline"});
}

TEST_F(FleetAlerts, OfTheRunBeforeAreNeitherRepeatedNorForgotten) {
  apply(alert_restored{restored(alert_rule::cpu, -500)}, 0);
  EXPECT_EQ(changes(), strings{});
  EXPECT_EQ(firing(), strings{"h1:cpu"});
  EXPECT_EQ(presence(), host_presence::unknown);
  take(make_sample(10, 95));
  EXPECT_EQ(changes(), strings{});
  EXPECT_EQ(hosts.firing_alerts().at(0).since, at(-500));
  take(make_sample(20, 10));
  EXPECT_EQ(changes(), strings{"h1:cpu resolved"});
}

TEST_F(FleetAlerts, OfTheRunBeforeKeepTheirBeginningWhenTheyFireFirst) {
  take(make_sample(10, 95));
  apply(alert_restored{restored(alert_rule::cpu, -500)}, 11);
  EXPECT_EQ(changes(), strings{});
  EXPECT_EQ(hosts.firing_alerts().at(0).since, at(-500));
  EXPECT_EQ(hosts.counts().alerts[alert_severity::warning], 1U);
}

TEST_F(FleetAlerts, OfTheRunBeforeResolveWhenTheirDiskIsGone) {
  apply(alert_restored{restored(alert_rule::disk, -500, "/usb")}, 0);
  apply(alert_restored{restored(alert_rule::disk, -500, "/")}, 0);
  EXPECT_EQ(firing(), (strings{"h1:disk:%2F", "h1:disk:%2Fusb"}));
  take(with_disks(10, {{"/", 95}}));
  EXPECT_EQ(changes(), strings{"h1:disk:%2Fusb resolved"});
  apply(alert_restored{restored(alert_rule::disk, -500, "/late")}, 11);
  take(with_disks(20, {{"/", 95}}));
  EXPECT_EQ(changes(), strings{"h1:disk:%2Flate resolved"});
}

TEST_F(FleetAlerts, OfflineOfTheRunBeforeStaysUntilTheHostIsHeardOf) {
  apply(alert_restored{restored(alert_rule::offline, -500)}, 0);
  pass(100);
  EXPECT_EQ(firing(), strings{"h1:offline"});
  say(reported_state::lost, 101);
  pass(200);
  EXPECT_EQ(changes(), strings{});
  say(reported_state::online, 201);
  EXPECT_EQ(changes(), strings{"h1:offline resolved"});
}

TEST_F(FleetAlerts, ThatWereResolvedInTheRunBeforeAreNoNews) {
  auto resolved = restored(alert_rule::cpu, 0);
  resolved.phase = alert_phase::ok;
  apply(alert_restored{resolved}, 0);
  EXPECT_EQ(hosts.size(), 0U);
}

class FleetAlertsWithHold : public FleetTest {
 protected:
  FleetAlertsWithHold() : FleetTest(rules_with_hold(30)) {}
};

TEST_F(FleetAlertsWithHold, CountTheHoldByTheClockOfTheSamples) {
  auto first = make_sample(0, 95);
  apply(sample_received{make_host(), first}, 1000);
  auto second = make_sample(30, 95);
  apply(sample_received{make_host(), second}, 1000.5);
  EXPECT_EQ(changes(), strings{"h1:cpu firing"});
}

TEST_F(FleetAlertsWithHold, StartTheHoldAnewWhenAHostComesBack) {
  take(make_sample(0, 95));
  say(reported_state::lost, 5);
  take(make_sample(60, 95));
  EXPECT_EQ(changes(), strings{});
  take(make_sample(80, 95));
  EXPECT_EQ(changes(), strings{});
  take(make_sample(90, 95));
  EXPECT_EQ(changes(), strings{"h1:cpu firing"});
}

TEST_F(FleetAlertsWithHold, KeepTheHoldOfADiskThatMovesInTheSample) {
  take(with_disks(0, {{"/", 95}, {"/home", 5}}));
  take(with_disks(20, {{"/home", 5}, {"/", 95}}));
  take(with_disks(30, {{"/home", 5}, {"/", 95}}));
  EXPECT_EQ(changes(), strings{"h1:disk:%2F firing"});
}

class FleetWithoutAlerts : public FleetTest {
 protected:
  static fleet_rules rules() {
    auto value = rules_with_hold(0);
    value.alerts_enabled = false;
    return value;
  }
  FleetWithoutAlerts() : FleetTest(rules()) {}
};

TEST_F(FleetWithoutAlerts, NeverFires) {
  take(with_disks(0, {{"/", 99}}));
  take(make_sample(1, 99, 99));
  EXPECT_EQ(changes(), strings{});
  pass(1000);
  EXPECT_EQ(changes(), strings{});
  EXPECT_EQ(presence(), host_presence::silent);
}

TEST_F(FleetWithoutAlerts, ResolvesWhatTheRunBeforeLeft) {
  apply(alert_restored{restored(alert_rule::cpu, 0)}, 10);
  EXPECT_EQ(changes(), strings{"h1:cpu resolved"});
  EXPECT_EQ(firing(), strings{});
}

}  // namespace
}  // namespace atlas::test
