#include "tenants/alert_overrides.hpp"

#include "tenants/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace atlas::tenants {

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> mistakes_of(std::string_view text) {
  std::vector<error> mistakes;
  read_overrides(json::parse(text), "$.alerts.overrides", mistakes);
  std::vector<std::string> lines;
  for (const auto& one : mistakes) lines.push_back(one.where + ": " + one.what);
  return lines;
}

constexpr std::string_view whole =
    R"([{"match":{"host":"db-*","tag":"prod","mount":"/var*"},)"
    R"("values":{"disk":{"warning":70.5,"critical":null,"margin":2,"hold_seconds":0,"enabled":true}}},)"
    R"({"values":{"cpu":{"enabled":false},"traffic":{"warning":1000000}}}])";

TEST(AlertOverrides, AreReadAndWrittenBack) {
  std::vector<error> mistakes;
  const auto read = read_overrides(json::parse(whole), "$", mistakes);
  EXPECT_THAT(mistakes, IsEmpty());
  EXPECT_EQ(write_overrides(read), json::parse(whole));
  const auto rules = rule_overrides_of(read);
  ASSERT_EQ(rules.size(), 3U);
  EXPECT_EQ(rules[0].match, (rule_match{"db-*", "prod", "/var*"}));
  EXPECT_EQ(rules[0].rule, alert_rule::disk);
  EXPECT_EQ(rules[0].change.warning, std::optional<double>(70.5));
  EXPECT_EQ(rules[0].change.critical, std::optional<std::optional<double>>(std::in_place));
  EXPECT_EQ(rules[1].match, rule_match{});
}

TEST(AlertOverrides, ReportAllMistakesWithTheirPaths) {
  EXPECT_THAT(
      mistakes_of(R"([7, {"match":{"hots":"x","tag":""},"values":{"cpu":{"warning":101,"hold":1},"gpu":{}}},
                      {"match":{"mount":"/"},"values":{"memory":{"warning":"a"}},"why":1}, {}])"),
      ElementsAre(
          "$.alerts.overrides[0]: must be an object, not 7",
          R"($.alerts.overrides[1].match.hots: is not known; did you mean "host"?)",
          R"($.alerts.overrides[1].match.tag: must be a text of 1 to 256 bytes, not "")",
          R"($.alerts.overrides[1].values.gpu: is not known; did you mean "cpu"?)",
          ::testing::HasSubstr("$.alerts.overrides[1].values.cpu.hold: is not known"),
          "$.alerts.overrides[1].values.cpu.warning: must be a number from 1 to 100, or null, not 101",
          ::testing::HasSubstr("$.alerts.overrides[2].why: is not known"),
          "$.alerts.overrides[2].values.memory: has no mount: take it out of match, or set this rule in "
          "another element",
          R"($.alerts.overrides[2].values.memory.warning: must be a number from 1 to 100, or null, not "a")",
          "$.alerts.overrides[3].values: is missing"));
}

TEST(AlertOverrides, RefuseLevelsInTheWrongOrder) {
  EXPECT_THAT(mistakes_of(R"([{"values":{"cpu":{"warning":90,"critical":80}}}])"),
              ElementsAre("$.alerts.overrides[0].values.cpu.critical: must not be below warning, 90"));
  EXPECT_THAT(mistakes_of(R"([{"values":{"battery":{"warning":10,"critical":20}}}])"),
              ElementsAre("$.alerts.overrides[0].values.battery.critical: must not be above warning, 10"));
}

TEST(AlertOverrides, BecomePartOfTheFleetsRules) {
  const auto config = parse_tenant_config(
                          R"({"organization": {"name": "Acme", "id": "aaaaaaaa-0000-4000-8000-00000000000a"},
      "server": {"api_key": "afk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"},
      "alerts": {"cpu_critical": 97, "disk_warning": 80, "temperature": {"warning": 85},
                 "overrides": [{"match": {"host": "x"}, "values": {"cpu": {"warning": 50}}}]}})",
                          "tenant.json")
                          .value();
  const auto rules = config.rules();
  EXPECT_EQ(rules.levels[alert_rule::cpu].critical, 97);
  EXPECT_EQ(rules.levels[alert_rule::disk].warning, 80);
  EXPECT_EQ(rules.levels[alert_rule::disk].critical, 90);
  EXPECT_EQ(rules.levels[alert_rule::temperature].margin, 5);
  EXPECT_EQ(rules.levels[alert_rule::disk_full].warning, 24);
  EXPECT_FALSE(rules.levels[alert_rule::swap].warning);
  ASSERT_EQ(rules.overrides.size(), 1U);
  const auto again = parse_tenant_config(format_tenant_config(config), "tenant.json").value();
  EXPECT_EQ(again.alerts.overrides, config.alerts.overrides);
}

TEST(AlertOverrides, AreSetAsJsonAtTheCommandLine) {
  auto config = parse_tenant_config(
                    R"({"organization": {"name": "Acme", "id": "aaaaaaaa-0000-4000-8000-00000000000a"},
      "server": {"api_key": "afk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}})",
                    "tenant.json")
                    .value();
  EXPECT_TRUE(set_value(config, "alerts.overrides", whole));
  EXPECT_EQ(config.alerts.overrides.size(), 2U);
  EXPECT_TRUE(set_value(config, "alerts.swap.warning", "80"));
  EXPECT_EQ(config.alerts.swap.warning, 80);
  EXPECT_TRUE(set_value(config, "alerts.swap.warning", "none"));
  EXPECT_FALSE(config.alerts.swap.warning);
  EXPECT_FALSE(set_value(config, "alerts.overrides", "[{}]"));
}

}  // namespace

}  // namespace atlas::tenants
