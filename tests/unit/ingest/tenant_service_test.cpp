#include "ingest/tenant_service.hpp"

#include "core/memory_history.hpp"
#include "core/topic.hpp"
#include "fixtures.hpp"

#include <map>
#include <optional>

#include <gmock/gmock.h>

namespace atlas::ingest {
namespace {

using testing::HasSubstr;

// Keeps what it is given to publish, as a broker would.
class kept_states final : public retained_publisher {
 public:
  void publish_retained(std::string topic, std::string payload) override {
    ++publishes;
    states[std::move(topic)] = std::move(payload);
  }
  std::map<std::string, std::string> states;
  int publishes = 0;
};

class TenantService : public testing::Test {
 protected:
  TenantService() {
    service.on_effects([this](const fleet_effects& effects) {
      ++batches;
      for (const auto* shown : effects.changed) {
        changed.emplace_back(shown->id.text());
      }
      for (const auto& gone : effects.removed) {
        removed.emplace_back(gone.text());
      }
      alerts.insert(alerts.end(), effects.alerts.begin(), effects.alerts.end());
    });
  }

  static fleet_rules rules() { return {}; }
  void register_host(std::string_view id) { ASSERT_TRUE(registry.add_host(host(id), clock.now())); }
  void sync() { service.sync_hosts(*registry.hosts()); }
  void apply(fleet_event event) { service.apply({&event, 1}); }
  void send(std::string_view id, double cpu, std::uint64_t seq = 0) {
    sample_received event{host(id), sample_at(clock.now() + milliseconds(1000 * seq), cpu)};
    if (seq != 0) {
      event.value.seq = seq;
      event.value.boot = "boot";
    }
    apply(std::move(event));
  }
  std::string state(const std::string& topic) const {
    const auto found = broker.states.find("org/" + std::string(org_text) + "/" + topic);
    return found == broker.states.end() ? "(never published)" : found->second;
  }
  std::size_t points(std::string_view id) const {
    std::size_t count = 0;
    history.query({host(id), "cpu.percent", unix_ms{}, unix_ms::max(), 1000},
                  [&](const result<std::vector<history_point>>& found) { count = found->size(); });
    return count;
  }

  temporary_dir dir;
  wall_clock clock;
  tenants::registry registry = *tenants::registry::open(dir.path() / "fleet.db");
  memory_history history{100};
  kept_states broker;
  tenant_service service{{test_org(), rules(), 10}, registry, history, broker, clock};

  int batches = 0;
  std::vector<std::string> changed;
  std::vector<std::string> removed;
  std::vector<alert> alerts;
};

TEST_F(TenantService, ShowsTheHostsOfTheRegistryAndTellsThemTheirInterval) {
  register_host("web-1");
  register_host("db-1");
  sync();
  EXPECT_EQ(service.hosts().size(), 2U);
  EXPECT_THAT(changed, testing::UnorderedElementsAre("web-1", "db-1"));
  EXPECT_EQ(state("host/web-1/config"), R"({"report_interval":10})");
  const int publishes = broker.publishes;
  sync();
  EXPECT_EQ(broker.publishes, publishes);
}

TEST_F(TenantService, ASampleGoesToTheFleetTheHistoryAndTheBrowsers) {
  register_host("web-1");
  sync();
  changed.clear();
  send("web-1", 12.5);
  EXPECT_EQ(service.hosts().find(host("web-1"))->newest->cpu.percent, 12.5);
  EXPECT_THAT(changed, testing::Contains("web-1"));
  EXPECT_EQ(points("web-1"), 1U);
  EXPECT_EQ(service.counters().accepted, 1U);
}

TEST_F(TenantService, BrowsersAreToldOnceABatch) {
  register_host("web-1");
  sync();
  batches = 0;
  std::vector<fleet_event> events;
  for (int i = 0; i < 50; ++i) {
    events.emplace_back(sample_received{host("web-1"), sample_at(clock.now() + milliseconds(i))});
  }
  service.apply(events);
  EXPECT_EQ(batches, 1);
  EXPECT_EQ(service.counters().accepted, 50U);
}

TEST_F(TenantService, CountsRepeatedAndLateSamplesAndKeepsTheLateOnes) {
  register_host("web-1");
  sync();
  send("web-1", 1, 10);
  send("web-1", 2, 10);
  send("web-1", 3, 9);
  EXPECT_EQ(service.counters().accepted, 3U);
  EXPECT_EQ(service.counters().repeated, 1U);
  EXPECT_EQ(service.counters().late, 1U);
  EXPECT_EQ(service.hosts().find(host("web-1"))->newest->cpu.percent, 1);
  EXPECT_EQ(points("web-1"), 2U);
}

TEST_F(TenantService, AHostThatWasJustAddedNeedNotWaitForTheNextSync) {
  register_host("new-1");
  send("new-1", 5);
  ASSERT_NE(service.hosts().find(host("new-1")), nullptr);
  EXPECT_EQ(service.counters().accepted, 1U);
  EXPECT_EQ(state("host/new-1/config"), R"({"report_interval":10})");
}

TEST_F(TenantService, AnUnregisteredHostIsCountedAndLeavesNothing) {
  send("stranger", 5);
  apply(info_received{host("stranger"), {}});
  EXPECT_EQ(service.hosts().size(), 0U);
  EXPECT_EQ(service.counters().unknown_samples, 1U);
  EXPECT_EQ(service.counters().unknown_messages, 1U);
  EXPECT_EQ(service.counters().accepted, 0U);
  EXPECT_EQ(state("host/stranger/info"), "") << "what the broker kept of it is cleared";
  register_host("stranger");
  sync();
  send("stranger", 5);
  EXPECT_EQ(service.counters().accepted, 1U);
}

TEST_F(TenantService, ARevokedHostGoesAndTheBrokerForgetsIt) {
  register_host("web-1");
  sync();
  send("web-1", 95);
  ASSERT_THAT(state("alerts/web-1/cpu"), HasSubstr("firing"));
  ASSERT_TRUE(registry.revoke_host(host("web-1")));
  sync();
  EXPECT_EQ(service.hosts().size(), 0U);
  EXPECT_THAT(removed, testing::ElementsAre("web-1"));
  for (const auto* topic :
       {"host/web-1/info", "host/web-1/status", "host/web-1/config", "alerts/web-1/cpu"}) {
    EXPECT_EQ(state(topic), "") << topic;
  }
  EXPECT_EQ(points("web-1"), 0U);
  send("web-1", 1);
  EXPECT_EQ(service.hosts().size(), 0U) << "a message that was on its way does not bring it back";
}

TEST_F(TenantService, AnOldListOfHostsDoesNotRemoveANewOne) {
  const auto old_list = *registry.hosts();
  register_host("new-1");
  send("new-1", 5);
  service.sync_hosts(old_list);
  EXPECT_NE(service.hosts().find(host("new-1")), nullptr);
}

TEST_F(TenantService, RemovingAHostRevokesIt) {
  register_host("web-1");
  sync();
  EXPECT_TRUE(service.remove_host({"ann", "192.0.2.7"}, host("web-1")));
  EXPECT_EQ(service.hosts().size(), 0U);
  EXPECT_FALSE(registry.host(host("web-1"))->has_value());
  EXPECT_FALSE(service.remove_host({"ann", "192.0.2.7"}, host("web-1")));
  EXPECT_FALSE(service.remove_host({"ann", "192.0.2.7"}, host("never")));
}

TEST_F(TenantService, AlertsArePublishedWhenTheyFireAndWhenTheyClear) {
  register_host("web-1");
  sync();
  send("web-1", 95);
  EXPECT_THAT(state("alerts/web-1/cpu"), HasSubstr(R"("state":"firing")"));
  send("web-1", 87);
  EXPECT_EQ(alerts.size(), 1U);
  send("web-1", 20);
  EXPECT_THAT(state("alerts/web-1/cpu"), HasSubstr(R"("state":"resolved")"));
  ASSERT_EQ(alerts.size(), 2U);
  EXPECT_EQ(alerts[1].phase, alert_phase::ok);
}

TEST_F(TenantService, AnAlertOfAnEarlierRunIsNotRaisedAgain) {
  register_host("web-1");
  sync();
  const auto since = clock.now() - std::chrono::hours(1);
  const alert left{
      {host("web-1"), alert_rule::cpu, {}}, alert_severity::warning, alert_phase::firing, 97, 90, since};
  const alert of_stranger{
      {host("gone"), alert_rule::cpu, {}}, alert_severity::warning, alert_phase::firing, 97, 90, since};
  const alert cleared{
      {host("web-1"), alert_rule::memory, {}}, alert_severity::warning, alert_phase::ok, 1, 90, since};
  service.restore({left, of_stranger, cleared});
  ASSERT_EQ(service.hosts().firing_alerts().size(), 1U);
  EXPECT_EQ(service.hosts().firing_alerts()[0].since, since);
  EXPECT_EQ(state("alerts/gone/cpu"), "");
  send("web-1", 96);
  EXPECT_TRUE(alerts.empty());
  send("web-1", 10);
  ASSERT_EQ(alerts.size(), 1U);
  EXPECT_THAT(state("alerts/web-1/cpu"), HasSubstr("resolved"));
  ASSERT_TRUE(service.remove_host({"ann", "192.0.2.7"}, host("web-1")));
  EXPECT_EQ(state("alerts/web-1/memory"), "") << "also what only an earlier run has published";
}

TEST_F(TenantService, TheSummaryIsPublishedWhenItChangesAndAtMostOnceATick) {
  register_host("web-1");
  sync();
  service.tick();
  EXPECT_THAT(state("summary"), HasSubstr(R"("unknown":1)"));
  send("web-1", 95);
  EXPECT_THAT(state("summary"), HasSubstr(R"("unknown":1)"));
  service.tick();
  EXPECT_THAT(state("summary"), testing::AllOf(HasSubstr(R"("online":1)"), HasSubstr(R"("warning":1)")));
  EXPECT_THAT(state("summary"), testing::Not(HasSubstr("web-1")));
  const int publishes = broker.publishes;
  service.tick();
  EXPECT_EQ(broker.publishes, publishes);
}

TEST_F(TenantService, AHostReportsEverySecondWhileSomeoneLooksAtIt) {
  register_host("web-1");
  sync();
  service.focus(host("web-1"), true);
  EXPECT_EQ(state("host/web-1/config"), R"({"report_interval":1})");
  service.focus(host("web-1"), true);
  service.focus(host("web-1"), false);
  EXPECT_EQ(state("host/web-1/config"), R"({"report_interval":1})") << "one still looks";
  service.focus(host("web-1"), false);
  EXPECT_EQ(state("host/web-1/config"), R"({"report_interval":10})");
  service.focus(host("web-1"), false);
  service.focus(host("nobody"), true);
  EXPECT_EQ(state("host/nobody/config"), "(never published)");
}

TEST_F(TenantService, IsReadyWhenAllItsPartsAre) {
  service.add_readiness([] { return web::readiness_check{"broker", true, ""}; });
  service.add_readiness([] { return web::readiness_check{"store", false, "full"}; });
  const auto checks = service.readiness();
  ASSERT_EQ(checks.size(), 2U);
  EXPECT_TRUE(checks[0].ready);
  EXPECT_EQ(checks[1].detail, "full");
}

}  // namespace
}  // namespace atlas::ingest
