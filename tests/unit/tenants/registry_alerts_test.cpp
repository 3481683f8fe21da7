#include "tenants/registry.hpp"
#include "tests/unit/tenants/support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace atlas::tenants {

namespace {

constexpr auto now = from_unix_ms(1'764'000'000'000);

alert_memory some_alert() {
  alert_memory memory{{host_id::parse("web-1").value(), alert_rule::disk, "/home"}, {}, 93.25, "anna", now};
  auto& state = memory.state;
  state.phase = alert_phase::acknowledged;
  state.severity = alert_severity::critical;
  state.since = now - std::chrono::minutes(5);
  state.flapping = true;
  state.stays_critical = true;
  for (int i = 0; i < 3; ++i) {
    state.turns.note(now + std::chrono::minutes(i));
    state.severities.note(now - std::chrono::minutes(i));
  }
  return memory;
}

class RegistryAlerts : public ::testing::Test {
 protected:
  test::temporary_directory folder_;
  registry db_ = std::move(*registry::open(folder_.path() / "fleet.db", {"anna", "192.0.2.7"}));
};

TEST_F(RegistryAlerts, KeepEveryMemberOfWhatTheyRemember) {
  const auto given = some_alert();
  ASSERT_TRUE(db_.store_alerts(std::vector{given}));
  const auto found = db_.alerts().value();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].key, given.key);
  EXPECT_EQ(found[0].state, lasting(given.state));
  EXPECT_EQ(found[0].value, given.value);
  EXPECT_EQ(found[0].acknowledged_by, "anna");
  EXPECT_EQ(found[0].acknowledged_at, now);
}

TEST_F(RegistryAlerts, KeepOneWhoseHoldRuns) {
  auto given = some_alert();
  given.state = {};
  given.state.phase = alert_phase::pending;
  given.state.since = now;
  given.state.critical_since = now + std::chrono::seconds(7);
  ASSERT_TRUE(db_.store_alerts(std::vector{given}));
  EXPECT_EQ(db_.alerts().value().at(0).state, given.state);
}

TEST_F(RegistryAlerts, AreReplacedAndForgotten) {
  auto one = some_alert();
  ASSERT_TRUE(db_.store_alerts(std::vector{one}));
  one.state.phase = alert_phase::ok;
  ASSERT_TRUE(db_.store_alerts(std::vector{one}));
  EXPECT_EQ(db_.alerts().value().at(0).state.phase, alert_phase::ok);
  one.state = {};
  ASSERT_TRUE(db_.store_alerts(std::vector{one}));
  EXPECT_TRUE(db_.alerts().value().empty());
}

TEST_F(RegistryAlerts, HaveSilencesThatAreListedAndRemovedAndRecorded) {
  const auto before = db_.alert_revision().value();
  const silence_terms terms{"web-*",      "prod",   alert_rule::cpu, {now, now + std::chrono::hours(2)},
                            "FREQ=DAILY", "backups"};
  const auto made = db_.add_silence(terms, now).value();
  EXPECT_NE(db_.alert_revision().value(), before);
  const auto found = db_.silences().value();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].id, made.id);
  EXPECT_EQ(found[0].terms.host, "web-*");
  EXPECT_EQ(found[0].terms.tag, "prod");
  EXPECT_EQ(found[0].terms.rule, alert_rule::cpu);
  EXPECT_EQ(found[0].terms.first, terms.first);
  EXPECT_EQ(found[0].terms.repeat, "FREQ=DAILY");
  EXPECT_EQ(found[0].by, "anna");
  EXPECT_TRUE(db_.remove_silence(made.id).value());
  EXPECT_FALSE(db_.remove_silence(made.id).value());
  const auto rows = db_.audit(std::nullopt, 10).value();
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[2].action, "silence.add");
  EXPECT_EQ(rows[0].outcome, "not found");
}

TEST_F(RegistryAlerts, ForgetSilencesThatWereForOnceOnly) {
  const time_span span{now, now + std::chrono::hours(1)};
  ASSERT_TRUE(db_.add_silence({"once", "", {}, span, "", ""}, now));
  ASSERT_TRUE(db_.add_silence({"often", "", {}, span, "FREQ=DAILY", ""}, now));
  ASSERT_TRUE(db_.forget_silences(now + std::chrono::hours(2)));
  const auto left = db_.silences().value();
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].terms.host, "often");
}

TEST_F(RegistryAlerts, AreAcknowledgedByOrderOnce) {
  const auto key = some_alert().key;
  ASSERT_TRUE(db_.order_acknowledgement(key));
  const auto taken = db_.take_acknowledgements().value();
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0].key, key);
  EXPECT_EQ(taken[0].by, "anna");
  EXPECT_TRUE(db_.take_acknowledgements().value().empty());
}

}  // namespace

}  // namespace atlas::tenants
