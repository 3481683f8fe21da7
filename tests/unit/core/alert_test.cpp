#include "core/alert.hpp"

#include "tests/unit/core/make.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace atlas::test {
namespace {

constexpr threshold at_90_for_30_s{90, 85, milliseconds{30'000}};
constexpr threshold at_90_at_once{90, 85, milliseconds{0}};

// Steps one machine and keeps what it said.
class machine {
 public:
  explicit machine(threshold rule) : rule_(rule) {}
  alert_change step(double value, double seconds) {
    const auto next = advance(state, rule_, value, at(seconds));
    state = next.state;
    return next.change;
  }
  alert_state state;

 private:
  threshold rule_;
};

TEST(Alert, StaysOkBelowTheThreshold) {
  machine cpu(at_90_for_30_s);
  EXPECT_EQ(cpu.step(89.9, 0), alert_change::none);
  EXPECT_EQ(cpu.state.phase, alert_phase::ok);
}

TEST(Alert, FiresOnceTheValueWasHighForTheHoldTime) {
  machine cpu(at_90_for_30_s);
  EXPECT_EQ(cpu.step(90, 0), alert_change::none);
  EXPECT_EQ(cpu.state, (alert_state{alert_phase::pending, at(0)}));
  EXPECT_EQ(cpu.step(95, 29.999), alert_change::none);
  EXPECT_EQ(cpu.step(95, 30), alert_change::fired);
  EXPECT_EQ(cpu.state, (alert_state{alert_phase::firing, at(30)}));
  EXPECT_EQ(cpu.step(95, 40), alert_change::none);
}

TEST(Alert, FiresAtOnceWithoutAHoldTime) {
  machine cpu(at_90_at_once);
  EXPECT_EQ(cpu.step(90, 0), alert_change::fired);
}

TEST(Alert, StartsTheHoldTimeAnewAfterADip) {
  machine cpu(at_90_for_30_s);
  cpu.step(95, 0);
  EXPECT_EQ(cpu.step(89, 20), alert_change::none);
  EXPECT_EQ(cpu.state.phase, alert_phase::ok);
  cpu.step(95, 25);
  EXPECT_EQ(cpu.step(95, 50), alert_change::none);
  EXPECT_EQ(cpu.step(95, 55), alert_change::fired);
}

TEST(Alert, StaysRaisedInsideTheMarginAndClearsOnlyBelowTheClearLevel) {
  machine cpu(at_90_at_once);
  cpu.step(95, 0);
  EXPECT_EQ(cpu.step(89, 10), alert_change::none);
  EXPECT_EQ(cpu.step(85, 20), alert_change::none);
  EXPECT_EQ(cpu.step(95, 30), alert_change::none);
  EXPECT_EQ(cpu.step(84.9, 40), alert_change::resolved);
  EXPECT_EQ(cpu.state, (alert_state{alert_phase::ok, at(40)}));
}

TEST(Alert, DoesNotCountTimeThatRanBackwards) {
  machine cpu(at_90_for_30_s);
  cpu.step(95, 1000);
  EXPECT_EQ(cpu.step(95, 10), alert_change::none);
  EXPECT_EQ(cpu.step(95, 39), alert_change::none);
  EXPECT_EQ(cpu.step(95, 40), alert_change::fired);
}

TEST(Alert, TakesAValueThatIsNoNumberForNotHigh) {
  machine cpu(at_90_for_30_s);
  cpu.step(95, 0);
  EXPECT_EQ(cpu.step(std::nan(""), 60), alert_change::none);
  EXPECT_EQ(cpu.state.phase, alert_phase::ok);
}

TEST(AlertKey, HasATopicLevelThatReadsBack) {
  const alert_key cpu{make_host(), alert_rule::cpu, ""};
  EXPECT_EQ(cpu.topic_level(), "cpu");
  EXPECT_EQ(cpu.id(), "h1:cpu");
  const alert_key disk{make_host(), alert_rule::disk, "/home/Größe x"};
  EXPECT_EQ(disk.topic_level(), "disk:%2Fhome%2FGr%C3%B6%C3%9Fe%20x");
  for (const auto& key : {cpu, disk}) {
    EXPECT_EQ(alert_key::parse(make_host(), key.topic_level()).value(), key);
  }
}

TEST(AlertKey, RefusesOtherSpellings) {
  for (const auto* text : {"", "CPU", "cpu:", "cpu:x", "disk", "disk:", "disk:%2fhome", "disk:%41", "disk:%",
                           "disk:%2", "disk:/home", "disk:a b", "gpu", "offline:h", ":", "disk:%2G"}) {
    EXPECT_FALSE(alert_key::parse(make_host(), text)) << text;
  }
  EXPECT_FALSE(alert_key::parse(make_host(), "disk:" + std::string(257, 'x')));
}

alert firing_disk() {
  return {{make_host("web-1"), alert_rule::disk, "/"},
          alert_severity::critical,
          alert_phase::firing,
          97.25,
          90,
          at(3)};
}

TEST(AlertJson, IsWrittenAsTheContractShows) {
  EXPECT_EQ(format_alert(firing_disk()),
            R"({"id":"web-1:disk:%2F","host":"web-1","rule":"disk","instance":"/","severity":"critical",)"
            R"("state":"firing","value":97.25,"threshold":90,"since":1764000003000})");
}

TEST(AlertJson, SaysResolvedOfAnAlertThatIsOver) {
  auto value = firing_disk();
  value.phase = alert_phase::ok;
  EXPECT_EQ(nlohmann::json::parse(format_alert(value)).at("state"), "resolved");
}

TEST(AlertJson, ReadsBack) {
  const auto read = parse_alert(format_alert(firing_disk()));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->key, firing_disk().key);
  EXPECT_EQ(read->severity, alert_severity::critical);
  EXPECT_EQ(read->phase, alert_phase::firing);
  EXPECT_EQ(read->value, 97.25);
  EXPECT_EQ(read->threshold, 90);
  EXPECT_EQ(read->since, at(3));
}

TEST(AlertJson, FitsItsLimitWithTheLongestMount) {
  auto value = firing_disk();
  value.key.host = make_host(std::string(64, 'h'));
  value.key.instance = std::string(256, '\x01');
  EXPECT_EQ(parse_alert(format_alert(value)).value().key, value.key);
}

TEST(AlertJson, RefusesFaults) {
  const auto good = nlohmann::json::parse(format_alert(firing_disk()));
  for (const auto* member :
       {"host", "rule", "severity", "state", "value", "threshold", "since", "instance"}) {
    auto document = good;
    document.erase(member);
    const auto read = parse_alert(document.dump());
    ASSERT_FALSE(read) << member;
    EXPECT_EQ(read.error().where, std::string("/") + member);
    document[member] = nlohmann::json::array();
    EXPECT_FALSE(parse_alert(document.dump())) << member;
  }
  auto foreign = good;
  foreign["rule"] = "cpu";
  EXPECT_FALSE(parse_alert(foreign.dump())) << "cpu has no instance";
  auto large = good;
  large["x"] = std::string(4096, 'x');
  EXPECT_FALSE(parse_alert(large.dump()));
  EXPECT_FALSE(parse_alert(""));
  EXPECT_FALSE(parse_alert("7"));
}

}  // namespace
}  // namespace atlas::test
