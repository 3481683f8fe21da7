#include "tests/unit/core/fleet_fixture.hpp"

namespace atlas::test {
namespace {

class FleetPast : public FleetTest {
 protected:
  // "online b1" of each event of the newest step; "restart b1" for a boot.
  std::vector<std::string> told() const {
    std::vector<std::string> out;
    for (const auto& each : effects.events) {
      out.push_back((each.presence ? std::string(to_string(*each.presence)) : "restart") + " " + each.boot);
    }
    return out;
  }
};

TEST_F(FleetPast, TellsWhenAPresenceBegins) {
  apply(host_registered{make_host()}, 0);
  EXPECT_EQ(told(), strings{});
  say(reported_state::online, 1, "b1");
  EXPECT_EQ(told(), (strings{"restart b1", "online b1"}));
  EXPECT_EQ(effects.events[1].at, at(1));
  say(reported_state::lost, 2, "b1");
  EXPECT_EQ(told(), strings{"lost b1"});
  say(reported_state::lost, 3, "b1");
  EXPECT_EQ(told(), strings{});
}

TEST_F(FleetPast, TellsEachBootOnceByStatusOrSample) {
  say(reported_state::online, 1, "b1");
  take(numbered("b1", 1, 2));
  EXPECT_EQ(told(), strings{});
  take(numbered("b2", 1, 3));
  EXPECT_EQ(told(), strings{"restart b2"});
  say(reported_state::online, 4, "b2");
  EXPECT_EQ(told(), strings{});
  say(reported_state::online, 5, "b3");
  EXPECT_EQ(told(), strings{"restart b3"});
}

TEST_F(FleetPast, DoesNotTakeTwoMachinesOfOneNameForRestarts) {
  take(numbered("b1", 1, 1));
  take(numbered("b2", 1, 2));
  EXPECT_EQ(told(), strings{"restart b2"});
  take(numbered("b1", 2, 3));
  EXPECT_EQ(told(), strings{});
  take(numbered("b2", 2, 4));
  EXPECT_EQ(told(), strings{});
}

TEST_F(FleetPast, RemembersTheWorstValueOfAnAlert) {
  take(make_sample(0, 91));
  take(make_sample(10, 99));
  take(make_sample(20, 92));
  ASSERT_EQ(hosts.firing_alerts().size(), 1U);
  EXPECT_EQ(hosts.firing_alerts()[0].worst, 99);
  take(make_sample(30, 10));
  EXPECT_EQ(changes(), strings{"h1:cpu resolved"});
  EXPECT_EQ(effects.alerts[0].worst, 99);
  take(make_sample(40, 93));
  EXPECT_EQ(effects.alerts[0].worst, 93);
}

}  // namespace
}  // namespace atlas::test
