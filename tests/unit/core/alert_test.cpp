#include "core/alert.hpp"

#include "tests/unit/core/make.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace atlas::test {
namespace {

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
