#include "tenants/registry.hpp"
#include "tests/unit/tenants/support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace atlas::tenants {
namespace {

constexpr auto start = from_unix_ms(1'764'000'000'000);

host_id host(std::string_view id = "web-1") { return host_id::parse(id).value(); }
unix_ms at(int seconds) { return start + std::chrono::seconds(seconds); }

class RegistryPast : public ::testing::Test {
 protected:
  void keep(past_step step) { ASSERT_TRUE(db_.store_past(std::vector{std::move(step)})); }
  void change(alert_change what, int seconds, double worst = 95, std::string_view id = "web-1",
              alert_rule rule = alert_rule::cpu) {
    alert value{{host(id), rule, ""}, alert_severity::warning};
    value.change = what;
    value.since = at(seconds);
    value.value = 95;
    value.worst = worst;
    value.threshold = 90;
    keep(value);
  }
  void presence(host_presence began, int seconds, std::string boot = "b1") {
    keep(host_event{host(), at(seconds), began, std::move(boot)});
  }
  void boot(std::string id, int seconds) { keep(host_event{host(), at(seconds), {}, std::move(id)}); }
  std::vector<incident> over(incident_query asked = {}) { return db_.past_incidents(asked).value(); }
  host_past past(int from, int to) { return db_.past_of(host(), at(from), at(to)).value(); }

  test::temporary_directory folder_;
  registry db_ = std::move(*registry::open(folder_.path() / "fleet.db", {}));
};

TEST_F(RegistryPast, KeepsOneIncidentForEachTimeThatAnAlertFired) {
  change(alert_change::fired, 0);
  EXPECT_TRUE(over().empty());
  ASSERT_EQ(db_.open_incidents().value().size(), 1U);
  change(alert_change::resolved, 60, 99);
  change(alert_change::fired, 100);
  change(alert_change::resolved, 160);
  const auto found = over();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].fired, at(100));
  EXPECT_EQ(found[0].resolved, at(160));
  EXPECT_EQ(found[1].fired, at(0));
  EXPECT_EQ(found[1].worst, 99);
  EXPECT_EQ(found[1].value, 95);
  EXPECT_TRUE(db_.open_incidents().value().empty());
}

TEST_F(RegistryPast, KeepsTheHighestSeverityAndWhoSawToIt) {
  change(alert_change::fired, 0);
  alert value{{host(), alert_rule::cpu, ""}, alert_severity::critical};
  value.change = alert_change::escalated;
  value.threshold = 97;
  value.worst = 98;
  keep(value);
  value.change = alert_change::acknowledged;
  value.acknowledged_by = "ann";
  value.acknowledged_at = at(20);
  keep(value);
  value.change = alert_change::flapping;
  value.flapping = true;
  keep(value);
  change(alert_change::lowered, 30);
  change(alert_change::resolved, 40);
  const auto found = over();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].severity, alert_severity::critical);
  EXPECT_EQ(found[0].threshold, 97);
  EXPECT_EQ(found[0].worst, 98);
  EXPECT_EQ(found[0].acknowledged_by, "ann");
  EXPECT_EQ(found[0].acknowledged_at, at(20));
  EXPECT_TRUE(found[0].flapping);
}

TEST_F(RegistryPast, TakesTheLowestValueForTheWorstWhereARuleFiresBelow) {
  change(alert_change::fired, 0, 9, "web-1", alert_rule::battery);
  change(alert_change::escalated, 1, 3, "web-1", alert_rule::battery);
  change(alert_change::resolved, 2, 8, "web-1", alert_rule::battery);
  EXPECT_EQ(over().at(0).worst, 3);
}

TEST_F(RegistryPast, HasNoTwoOpenIncidentsOfOneAlert) {
  change(alert_change::fired, 0);
  change(alert_change::fired, 0);
  EXPECT_EQ(db_.open_incidents().value().size(), 1U);
  change(alert_change::fired, 50);
  ASSERT_EQ(db_.open_incidents().value().size(), 1U);
  EXPECT_EQ(db_.open_incidents().value()[0].fired, at(50));
  EXPECT_EQ(over().at(0).resolved, at(50));
}

TEST_F(RegistryPast, FindsByHostRuleTimeAndPage) {
  for (int i = 0; i < 3; ++i) {
    change(alert_change::fired, 100 * i, 95, "db-" + std::to_string(i));
    change(alert_change::resolved, 100 * i + 50, 95, "db-" + std::to_string(i));
  }
  change(alert_change::fired, 300, 95, "web-1", alert_rule::memory);
  change(alert_change::resolved, 350, 95, "web-1", alert_rule::memory);
  incident_query asked;
  asked.host = "db-*";
  EXPECT_EQ(over(asked).size(), 3U);
  asked.host = "db-1";
  EXPECT_EQ(over(asked).size(), 1U);
  asked = {};
  asked.rule = alert_rule::memory;
  EXPECT_EQ(over(asked).size(), 1U);
  asked = {};
  asked.from = at(60);
  asked.to = at(120);
  EXPECT_EQ(over(asked).at(0).key.host, host("db-1"));
  incident_query page;
  page.limit = 3;
  const auto first = over(page);
  ASSERT_EQ(first.size(), 3U);
  page.before = first.back().number;
  ASSERT_EQ(over(page).size(), 1U);
  EXPECT_EQ(over(page)[0].key.host, host("db-0"));
}

TEST_F(RegistryPast, TellsWhereAHostStoodAtTheBeginningAndWhatFollowed) {
  presence(host_presence::online, 0);
  presence(host_presence::lost, 100);
  presence(host_presence::online, 200);
  boot("b2", 300);
  change(alert_change::fired, 50);
  change(alert_change::resolved, 160);
  change(alert_change::fired, 350);
  const auto found = past(150, 1000);
  EXPECT_EQ(found.before, host_presence::lost);
  ASSERT_EQ(found.presence.size(), 1U);
  EXPECT_EQ(found.presence[0], std::pair(at(200), host_presence::online));
  EXPECT_EQ(found.restarts, std::vector{at(300)});
  ASSERT_EQ(found.alerts.size(), 2U);
  EXPECT_FALSE(found.alerts[1].resolved);
  EXPECT_EQ(past(-100, -50).before, host_presence::unknown);
}

TEST_F(RegistryPast, DoesNotTakeARestartOfTheServiceForOneOfAHost) {
  boot("b1", 0);  // the first that was ever seen
  presence(host_presence::online, 0);
  boot("b1", 100);
  presence(host_presence::online, 100);
  EXPECT_TRUE(past(-1, 1000).restarts.empty());
  EXPECT_EQ(past(-1, 1000).presence.size(), 1U);
  boot("b2", 200);  // while the service was away
  EXPECT_EQ(past(-1, 1000).restarts, std::vector{at(200)});
}

TEST_F(RegistryPast, KeepsTheNewestEventsOfAHost) {
  std::vector<past_step> steps;
  for (int i = 0; i <= registry::most_host_events; ++i) {
    steps.emplace_back(
        host_event{host(), at(i), i % 2 == 0 ? host_presence::online : host_presence::lost, ""});
  }
  ASSERT_TRUE(db_.store_past(steps));
  const auto found = past(-1, 10'000);
  EXPECT_EQ(found.presence.size(), static_cast<std::size_t>(registry::most_host_events));
  EXPECT_EQ(found.presence.front().first, at(1));
}

TEST_F(RegistryPast, KeepsTheNewestIncidentsAndEveryOneThatIsOpen) {
  change(alert_change::fired, 0, 95, "stays");
  std::vector<past_step> steps;
  alert value{{host(), alert_rule::cpu, ""}, alert_severity::warning};
  for (int i = 0; i < registry::most_incidents + 5; ++i) {
    value.since = at(i);
    value.change = alert_change::fired;
    steps.emplace_back(value);
    value.change = alert_change::resolved;
    steps.emplace_back(value);
  }
  ASSERT_TRUE(db_.store_past(steps));
  incident_query all;
  all.limit = 200'000;
  EXPECT_EQ(over(all).size(), static_cast<std::size_t>(registry::most_incidents));
  EXPECT_EQ(db_.open_incidents().value().size(), 1U);
}

TEST_F(RegistryPast, ForgetsRemovedHostsAndWhatIsTooOld) {
  ASSERT_TRUE(db_.add_host(host(), start));
  presence(host_presence::online, 0);
  change(alert_change::fired, 0);
  change(alert_change::resolved, 1);
  change(alert_change::fired, 0, 95, "gone");
  change(alert_change::resolved, 1, 95, "gone");
  ASSERT_TRUE(db_.prune_past(at(10)));
  EXPECT_EQ(over().size(), 1U);
  keep(host());
  EXPECT_TRUE(over().empty());
  EXPECT_EQ(past(0, 100).before, host_presence::unknown);
  change(alert_change::fired, 0);
  change(alert_change::resolved, 1);
  ASSERT_TRUE(db_.prune_past(at(10) + registry::past_life));
  EXPECT_TRUE(over().empty());
}

}  // namespace
}  // namespace atlas::tenants
