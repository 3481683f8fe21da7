#include "tests/unit/core/fleet_fixture.hpp"

namespace atlas::test {
namespace {

class FleetManyRules : public FleetTest {
 protected:
  static fleet_rules rules() {
    auto value = rules_with_hold(0);
    value.levels[alert_rule::swap] = {80, {}, 5};
    value.levels[alert_rule::load] = {2, 4, 0.5};
    value.levels[alert_rule::disk_full] = {24, 4, 6};
    value.levels[alert_rule::temperature] = {90, 100, 5};
    value.levels[alert_rule::battery] = {15, 5, 5};
    value.levels[alert_rule::traffic] = {1e6, {}, 1e5};
    return value;
  }
  FleetManyRules() : FleetTest(rules()) {}
};

TEST_F(FleetManyRules, ComeForWhateverASampleSays) {
  auto value = make_sample(0);
  value.memory.swap_total = 100;
  value.memory.swap_used = 85;
  value.cpu.cores = {1, 1};
  value.cpu.load = {9, 1, 1};
  value.temperatures = {{"cpu", 95}, {"disk", 40}};
  value.battery = {12, false};
  value.network = {{"lo", 5, 5}, {"eth0", 10, 2e6}};
  take(value);
  EXPECT_EQ(changes(), (strings{"h1:swap firing", "h1:load firing", "h1:temperature:cpu firing",
                                "h1:battery firing", "h1:traffic:eth0 firing"}));
  EXPECT_EQ(effects.alerts[1].severity, alert_severity::critical);
  EXPECT_EQ(effects.alerts[1].value, 4.5);
  EXPECT_EQ(effects.alerts[3].threshold, 15);
  EXPECT_EQ(effects.alerts[3].value, 12);
  auto later = make_sample(10);
  later.battery = {12, true};
  later.temperatures = {{"cpu", 80}};
  take(later);
  EXPECT_EQ(changes(), (strings{"h1:temperature:cpu resolved", "h1:battery resolved", "h1:swap resolved",
                                "h1:load resolved", "h1:traffic:eth0 resolved"}));
}

sample with_disk(double seconds, double percent) {
  auto value = make_sample(seconds);
  value.disks.push_back({"/", "", "", 0, 0, percent, {}, {}});
  return value;
}

TEST_F(FleetManyRules, WarnOfADiskThatWillBeFull) {
  strings said;
  for (int passed = 0; passed <= 180; ++passed) {
    take(with_disk(60 * passed, 50 + 2.5 * passed / 60));
    const auto now = changes();
    said.insert(said.end(), now.begin(), now.end());
  }
  EXPECT_EQ(said, strings{"h1:disk_full:%2F firing"});
  EXPECT_NEAR(hosts.firing_alerts().at(0).value, 17, 0.5);
  EXPECT_EQ(hosts.firing_alerts().at(0).threshold, 24);
}

TEST_F(FleetManyRules, FollowTheTagsOfAHost) {
  auto rules = FleetManyRules::rules();
  rules.overrides = {{{"", "busy", ""},
                      alert_rule::cpu,
                      {.warning = 99, .critical = {}, .margin = {}, .hold = {}, .enabled = {}}}};
  fleet tagged(rules);
  host_info info;
  info.tags = {"busy"};
  tagged.apply(info_received{make_host(), info}, at(0), effects);
  tagged.apply(sample_received{make_host(), make_sample(0, 95)}, at(0), effects);
  EXPECT_TRUE(effects.alerts.empty());
  tagged.apply(sample_received{make_host("other"), make_sample(0, 95)}, at(0), effects);
  EXPECT_EQ(effects.alerts.size(), 1U);
}

class FleetChangedRules : public FleetTest {
 protected:
  void change(fleet_rules rules, double seconds) {
    apply(rules_changed{std::make_shared<const fleet_rules>(std::move(rules))}, seconds);
  }
  static fleet_rules with_cpu(double level) {
    auto rules = rules_with_hold(0);
    rules.levels[alert_rule::cpu].warning = level;
    return rules;
  }
};

TEST_F(FleetChangedRules, HoldFromTheNextSampleOn) {
  take(make_sample(0, 70));
  EXPECT_TRUE(effects.alerts.empty());
  change(with_cpu(60), 1);
  EXPECT_TRUE(effects.alerts.empty()) << "a level is compared with values that come";
  take(make_sample(10, 70));
  EXPECT_EQ(changes(), strings{"h1:cpu firing"});
  EXPECT_EQ(effects.alerts.at(0).threshold, 60);
  change(with_cpu(90), 11);
  EXPECT_EQ(firing(), strings{"h1:cpu"}) << "it is over when a value says so";
  take(make_sample(20, 70));
  EXPECT_EQ(changes(), strings{"h1:cpu resolved"});
}

TEST_F(FleetChangedRules, LeaveAnAlertThatIsStillAboveItsClearLevel) {
  take(make_sample(0, 92));
  apply(alert_acknowledged{hosts.firing_alerts().at(0).key, "ada"}, 1);
  change(with_cpu(95), 2);
  take(make_sample(10, 92));
  EXPECT_TRUE(effects.alerts.empty());
  EXPECT_EQ(hosts.firing_alerts().at(0).acknowledged_by, "ada");
  EXPECT_EQ(hosts.firing_alerts().at(0).threshold, 95);
}

TEST_F(FleetChangedRules, EndWhatIsNoLongerWatched) {
  take(make_sample(0, 95));
  auto rules = rules_with_hold(0);
  rules.levels[alert_rule::cpu].warning.reset();
  change(rules, 1);
  take(make_sample(10, 95));
  EXPECT_EQ(changes(), strings{"h1:cpu resolved"});
}

TEST_F(FleetChangedRules, EndEveryAlertAtOnceWhereThereAreToBeNone) {
  change(rules_with_hold(30), 0);
  take(make_sample(0, 95), "waits");
  change(rules_with_hold(0), 1);
  take(make_sample(2, 95));
  auto none = rules_with_hold(0);
  none.alerts_enabled = false;
  change(none, 3);
  EXPECT_EQ(changes(), strings{"h1:cpu resolved"});
  EXPECT_TRUE(hosts.pending_alerts().empty());
  take(make_sample(10, 95));
  EXPECT_TRUE(effects.alerts.empty());
  change(rules_with_hold(0), 11);
  take(make_sample(20, 95));
  EXPECT_EQ(changes(), strings{"h1:cpu firing"});
}

TEST_F(FleetChangedRules, FollowOverridesAndTheTimeUntilAHostIsSilent) {
  take(make_sample(0, 95), "db");
  auto rules = rules_with_hold(0);
  rules.overrides = {{{"db", "", ""},
                      alert_rule::cpu,
                      {.warning = 99, .critical = {}, .margin = {}, .hold = {}, .enabled = {}}}};
  rules.offline_after = milliseconds{5'000};
  change(rules, 1);
  take(make_sample(2, 93), "db");
  EXPECT_EQ(changes(), strings{"db:cpu resolved"});
  pass(6);
  EXPECT_EQ(presence("db"), host_presence::online);
  pass(8);
  EXPECT_EQ(presence("db"), host_presence::silent);
  EXPECT_EQ(changes(), strings{"db:offline firing"});
}

}  // namespace
}  // namespace atlas::test
