#include "tests/unit/core/fleet_fixture.hpp"

namespace atlas::test {
namespace {

class Fleet : public FleetTest {};

TEST_F(Fleet, KnowsARegisteredHostAsUnknown) {
  apply(host_registered{make_host()}, 0);
  EXPECT_EQ(presence(), host_presence::unknown);
  EXPECT_TRUE(changed());
  EXPECT_EQ(hosts.size(), 1U);
  apply(host_registered{make_host()}, 1);
  EXPECT_FALSE(changed());
  EXPECT_EQ(hosts.size(), 1U);
}

TEST_F(Fleet, AddsAHostByItsFirstSample) {
  take(make_sample(0, 12));
  EXPECT_EQ(presence(), host_presence::online);
  EXPECT_EQ(host().newest->cpu.percent, 12);
  EXPECT_EQ(host().samples, 1U);
  EXPECT_TRUE(changed());
  ASSERT_EQ(effects.recorded.size(), 1U);
  EXPECT_EQ(effects.recorded[0].host, &host());
  EXPECT_FALSE(effects.recorded[0].late);
}

TEST_F(Fleet, AppendsToTheEffects) {
  take(make_sample(0));
  hosts.apply(sample_received{make_host("h2"), make_sample(0)}, at(0), effects);
  EXPECT_EQ(effects.recorded.size(), 2U);
  EXPECT_TRUE(changed("h1"));
  EXPECT_TRUE(changed("h2"));
}

TEST_F(Fleet, ListsHostsInOrderOfFirstAppearance) {
  for (const auto* name : {"z", "a", "m"}) {
    take(make_sample(0), name);
  }
  strings names;
  for (const auto* each : hosts.hosts()) {
    names.emplace_back(each->id.text());
  }
  EXPECT_EQ(names, (strings{"z", "a", "m"}));
}

TEST_F(Fleet, FollowsStatusMessages) {
  say(reported_state::online, 0);
  EXPECT_EQ(presence(), host_presence::online);
  EXPECT_TRUE(changed());
  say(reported_state::sleeping, 1);
  EXPECT_EQ(presence(), host_presence::sleeping);
  say(reported_state::online, 2);
  say(reported_state::stopped, 3);
  EXPECT_EQ(presence(), host_presence::stopped);
  say(reported_state::online, 4);
  say(reported_state::lost, 5);
  EXPECT_EQ(presence(), host_presence::lost);
  EXPECT_TRUE(changed());
}

TEST_F(Fleet, IsLostWhenItsRetainedStatusSaysSo) {
  say(reported_state::lost, 0, "b1");
  EXPECT_EQ(presence(), host_presence::lost);
}

TEST_F(Fleet, IsNotFooledByACopyOfAnOldOnlineStatus) {
  const host_status online{reported_state::online, at(0), "b1"};
  apply(status_received{make_host(), online}, 0);
  apply(status_received{make_host(), {reported_state::lost, at(0), "b1"}}, 10);
  apply(status_received{make_host(), online}, 11);
  EXPECT_EQ(presence(), host_presence::lost);
  EXPECT_FALSE(changed());
  apply(status_received{make_host(), {reported_state::online, at(12), "b1"}}, 12);
  EXPECT_EQ(presence(), host_presence::online);
}

TEST_F(Fleet, TakesAnOnlineStatusOfANewBootWhateverItsClockSays) {
  say(reported_state::online, 100, "b1");
  say(reported_state::lost, 101, "b1");
  apply(status_received{make_host(), {reported_state::online, at(-5000), "b2"}}, 102);
  EXPECT_EQ(presence(), host_presence::online);
}

TEST_F(Fleet, TurnsAQuietHostSilent) {
  take(make_sample(0));
  pass(29);
  EXPECT_EQ(presence(), host_presence::online);
  EXPECT_FALSE(changed());
  pass(30);
  EXPECT_EQ(presence(), host_presence::silent);
  EXPECT_TRUE(changed());
  take(make_sample(31));
  EXPECT_EQ(presence(), host_presence::online);
}

TEST_F(Fleet, ShowsNewInventoryOnce) {
  host_info info;
  info.os = "linux";
  apply(info_received{make_host(), info}, 0);
  EXPECT_EQ(host().info, info);
  EXPECT_TRUE(changed());
  apply(info_received{make_host(), info}, 1);
  EXPECT_FALSE(changed());
  EXPECT_EQ(presence(), host_presence::unknown);
}

TEST_F(Fleet, ForgetsARemovedHost) {
  take(make_sample(0, 99));
  take(make_sample(0), "h2");
  apply(host_removed{make_host()}, 1);
  EXPECT_EQ(hosts.find(make_host()), nullptr);
  EXPECT_EQ(hosts.size(), 1U);
  EXPECT_EQ(effects.removed, std::vector{make_host()});
  EXPECT_EQ(changes(), strings{"h1:cpu resolved"});
  EXPECT_TRUE(hosts.firing_alerts().empty());
  EXPECT_EQ(hosts.counts().hosts[host_presence::online], 1U);
  apply(host_removed{make_host()}, 2);
  EXPECT_TRUE(effects.removed.empty());
}

TEST_F(Fleet, LeavesNoPointerToARemovedHostInTheEffects) {
  effects.clear();
  hosts.apply(sample_received{make_host(), make_sample(0)}, at(0), effects);
  hosts.apply(sample_received{make_host("h2"), make_sample(0)}, at(0), effects);
  hosts.apply(host_removed{make_host()}, at(1), effects);
  ASSERT_EQ(effects.recorded.size(), 1U);
  EXPECT_EQ(effects.recorded[0].host, &host("h2"));
  for (const auto* each : effects.changed) {
    EXPECT_EQ(each, &host("h2"));
  }
}

TEST_F(Fleet, KeepsAHostWhereItIsWhileOthersCome) {
  take(make_sample(0));
  const auto* before = hosts.find(make_host());
  for (int i = 0; i < 1000; ++i) {
    take(make_sample(0), "other-" + std::to_string(i));
  }
  EXPECT_EQ(hosts.find(make_host()), before);
}

TEST_F(Fleet, CountsHostsByPresence) {
  take(make_sample(0), "a");
  take(make_sample(0), "b");
  say(reported_state::lost, 0, "", "c");
  apply(host_registered{make_host("d")}, 0);
  auto counts = hosts.counts().hosts;
  EXPECT_EQ(counts.size(), all_presences.size());
  EXPECT_EQ(counts[host_presence::online], 2U);
  EXPECT_EQ(counts[host_presence::lost], 1U);
  EXPECT_EQ(counts[host_presence::unknown], 1U);
  EXPECT_EQ(counts[host_presence::silent], 0U);
}

class SmallFleet : public FleetTest {
 protected:
  static fleet_rules rules() {
    auto value = rules_with_hold(0);
    value.max_hosts = 2;
    return value;
  }
  SmallFleet() : FleetTest(rules()) {}
};

TEST_F(SmallFleet, IgnoresAndCountsHostsBeyondItsLimit) {
  take(make_sample(0), "a");
  take(make_sample(0), "b");
  take(make_sample(0), "c");
  say(reported_state::online, 1, "", "c");
  apply(info_received{make_host("c"), {}}, 1);
  EXPECT_EQ(hosts.size(), 2U);
  EXPECT_EQ(hosts.find(make_host("c")), nullptr);
  EXPECT_EQ(hosts.ignored_hosts(), 3U);
  EXPECT_TRUE(effects.changed.empty());
  take(make_sample(2), "a");
  EXPECT_EQ(host("a").samples, 2U);
  apply(host_removed{make_host("a")}, 3);
  take(make_sample(4), "c");
  EXPECT_EQ(host("c").samples, 1U);
}

}  // namespace
}  // namespace atlas::test
