#include "core/rule_book.hpp"

#include "core/glob.hpp"
#include "tests/unit/core/make.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace atlas::test {
namespace {

rule_change warning_at(double level) {
  return {.warning = level, .critical = {}, .margin = {}, .hold = {}, .enabled = {}};
}
rule_change switched(bool on) {
  return {.warning = {}, .critical = {}, .margin = {}, .hold = {}, .enabled = on};
}

TEST(Glob, TakesAStarForAnyText) {
  EXPECT_TRUE(matches_glob("*", ""));
  EXPECT_TRUE(matches_glob("web-*", "web-1"));
  EXPECT_TRUE(matches_glob("*.db.*", "a.db.b.db.c"));
  EXPECT_TRUE(matches_glob("a*b*c", "aXbYbZc"));
  EXPECT_FALSE(matches_glob("web-*", "web"));
  EXPECT_FALSE(matches_glob("a*b", "ab-"));
  EXPECT_FALSE(matches_glob("", "x"));
}

TEST(RuleBook, GivesTheUsualLevelsToAHostThatNothingFits) {
  rule_book book(usual_rule_settings(), {{{"db-*", "", ""}, alert_rule::cpu, warning_at(50)}});
  const auto rules = book.rules_for(make_host("web-1"), {});
  EXPECT_EQ(rules->levels(alert_rule::cpu, "").warning, 90);
  EXPECT_EQ(rules->levels(alert_rule::disk, "/").critical, 90);
  EXPECT_FALSE(rules->watches(alert_rule::swap));
  EXPECT_TRUE(rules->watches(alert_rule::disk));
}

TEST(RuleBook, AppliesOverridesByHostAndTagInTheirOrder) {
  rule_book book(usual_rule_settings(), {{{"db-*", "", ""}, alert_rule::cpu, warning_at(50)},
                                         {{"", "big", ""}, alert_rule::cpu, warning_at(70)},
                                         {{"db-9", "", ""}, alert_rule::memory, switched(false)}});
  EXPECT_EQ(book.rules_for(make_host("db-1"), {})->levels(alert_rule::cpu, "").warning, 50);
  EXPECT_EQ(book.rules_for(make_host("db-1"), {"x", "big"})->levels(alert_rule::cpu, "").warning, 70);
  EXPECT_EQ(book.rules_for(make_host("web"), {"big"})->levels(alert_rule::cpu, "").warning, 70);
  EXPECT_FALSE(book.rules_for(make_host("db-9"), {})->watches(alert_rule::memory));
}

TEST(RuleBook, AppliesOverridesByMountAndWhatComesAfterThem) {
  rule_book book(
      usual_rule_settings(),
      {{{"", "", "/data*"}, alert_rule::disk, warning_at(60)},
       {{"", "", ""},
        alert_rule::disk,
        {.warning = {}, .critical = std::optional<double>(), .margin = {}, .hold = {}, .enabled = {}}}});
  const auto rules = book.rules_for(make_host(), {});
  EXPECT_EQ(rules->levels(alert_rule::disk, "/data/1").warning, 60);
  EXPECT_TRUE(std::isinf(rules->levels(alert_rule::disk, "/").lowest()));
  EXPECT_TRUE(rules->watches(alert_rule::disk));
}

TEST(RuleBook, NegatesTheLevelsOfARuleThatFiresBelow) {
  rule_settings settings;
  settings[alert_rule::battery] = {20, 10, 5};
  rule_book book(settings, {});
  const auto levels = book.rules_for(make_host(), {})->levels(alert_rule::battery, "");
  EXPECT_EQ(levels.warning, -20);
  EXPECT_EQ(levels.critical, -10);
  EXPECT_EQ(levels.lowest(), -20);
}

TEST(RuleBook, SharesTheRulesOfHostsThatTheSameOverridesFit) {
  rule_book book(usual_rule_settings(), {{{"db-*", "", ""}, alert_rule::cpu, warning_at(50)}});
  const auto first = book.rules_for(make_host("db-1"), {});
  EXPECT_EQ(first, book.rules_for(make_host("db-2"), {"any"}));
  EXPECT_NE(first, book.rules_for(make_host("web"), {}));
}

}  // namespace
}  // namespace atlas::test
