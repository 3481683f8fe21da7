#include "core/boot_watch.hpp"

#include "tests/unit/core/fleet_fixture.hpp"

namespace atlas::test {
namespace {

class BootWatch : public FleetTest {
 protected:
  // Two machines of one name, each with a sample every ten seconds, whose clocks differ.
  void alternate(double from, double until, double second_clock = 0) {
    for (double now = from; now < until; now += 10) {
      arrive("first", now, now);
      arrive("second", now + 5 + second_clock, now + 5);
    }
  }
  void arrive(const std::string& boot, double taken, double now) {
    seen_.push_back({});
    hosts.apply(sample_received{make_host(), numbered(boot, ++seq_, taken)}, at(now), seen_.back());
  }
  bool is_firing() const { return firing() == strings{"h1:duplicate"}; }

 private:
  std::vector<fleet_effects> seen_;
  std::uint64_t seq_ = 0;
};

TEST_F(BootWatch, FindsTwoMachinesUnderOneName) {
  alternate(0, 20);
  EXPECT_TRUE(firing().empty());
  alternate(20, 40);
  EXPECT_TRUE(is_firing());
  const auto found = hosts.firing_alerts().at(0);
  EXPECT_EQ(found.severity, alert_severity::warning);
  EXPECT_EQ(found.threshold, 3);
}

TEST_F(BootWatch, FindsThemWhateverTheirClocksSay) {
  alternate(0, 100, -3'600);
  EXPECT_TRUE(is_firing());
}

TEST_F(BootWatch, ClearsWhenOneOfThemHasBeenQuietForTenMinutes) {
  alternate(0, 60);
  for (double now = 60; now < 640; now += 10) arrive("first", now, now);
  pass(640);
  EXPECT_TRUE(is_firing());
  arrive("first", 650, 650);
  pass(661);
  EXPECT_TRUE(firing().empty());
  EXPECT_EQ(changes(), strings{"h1:duplicate resolved"});
}

TEST_F(BootWatch, TakesRebootsForWhatTheyAre) {
  for (int boot = 0; boot < 20; ++boot) {
    arrive("boot " + std::to_string(boot), boot * 30, boot * 30);
    arrive("boot " + std::to_string(boot), boot * 30 + 10, boot * 30 + 10);
  }
  EXPECT_TRUE(firing().empty());
}

TEST_F(BootWatch, TakesSamplesOfAnEarlierBootThatComeLateForWhatTheyAre) {
  arrive("first", 0, 0);
  arrive("second", 100, 100);
  for (int late = 1; late < 20; ++late) {
    arrive("first", late * 4, 100 + late);
    arrive("second", 100 + late, 100 + late);
  }
  EXPECT_TRUE(firing().empty());
}

TEST_F(BootWatch, KeepsAnAlertOverARestart) {
  apply(alert_restored{{{make_host(), alert_rule::duplicate, ""},
                        alert_severity::warning,
                        alert_phase::firing,
                        4,
                        3,
                        at(-60)}},
        0);
  pass(1);
  EXPECT_TRUE(is_firing());
  pass(700);
  EXPECT_TRUE(firing().empty());
}

TEST_F(BootWatch, HearsNothingOfWhoeverHasNoBoot) {
  for (int i = 0; i < 10; ++i) arrive(i % 2 == 0 ? "" : "only", i, i);
  EXPECT_TRUE(firing().empty());
}

class IsolationAlert : public FleetTest {};

TEST_F(IsolationAlert, IsTheOrganisationsAndCritical) {
  apply(isolation_checked{0}, 0);
  EXPECT_EQ(changes(), strings{});
  apply(isolation_checked{2}, 60);
  EXPECT_EQ(changes(), strings{"_:isolation firing"});
  EXPECT_EQ(hosts.firing_alerts().at(0).severity, alert_severity::critical);
  EXPECT_EQ(hosts.firing_alerts().at(0).value, 2);
  EXPECT_EQ(hosts.counts().alerts.at(alert_severity::critical), 1U);
  EXPECT_EQ(hosts.size(), 0U);
  apply(isolation_checked{0}, 120);
  EXPECT_EQ(changes(), strings{"_:isolation resolved"});
  EXPECT_EQ(hosts.counts().alerts.at(alert_severity::critical), 0U);
}

TEST_F(IsolationAlert, IsRestoredOnceAndResolvesByPassing) {
  const alert left{{organisation_host(), alert_rule::isolation, ""},
                   alert_severity::critical,
                   alert_phase::firing,
                   1,
                   1,
                   at(-60)};
  apply(alert_restored{left}, 0);
  EXPECT_EQ(firing(), strings{"_:isolation"});
  apply(isolation_checked{1}, 1);
  EXPECT_EQ(changes(), strings{});
  apply(isolation_checked{0}, 2);
  EXPECT_EQ(changes(), strings{"_:isolation resolved"});
}

TEST_F(IsolationAlert, OfAHostIsNone) {
  apply(alert_restored{{{make_host(), alert_rule::isolation, ""},
                        alert_severity::critical,
                        alert_phase::firing,
                        1,
                        1,
                        at(0)}},
        0);
  EXPECT_EQ(firing(), strings{});
}

}  // namespace
}  // namespace atlas::test
