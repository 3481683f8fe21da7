#include "tenants/org_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace atlas::tenants {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

tenant_config present() {
  return parse_tenant_config(R"({
    "organization": {"name": "Acme Corp", "id": "aaaaaaaa-0000-4000-8000-00000000000a", "contact": "a@acme.example"},
    "server": {"api_key": "afk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"},
    "branding": {"secondary_color": "#123456"},
    "alerts": {"cpu_critical": 95, "overrides": [{"match": {"host": "db-*"}, "values": {"cpu": {"warning": 99}}}],
               "notify": [{"name": "ops", "type": "webhook", "url": "https://hooks.example/secret", "secret": "s3cret"}]}
  })",
                             "tenant.json")
      .value();
}

std::vector<std::string> mistakes_of(std::string_view patch) {
  std::vector<std::string> lines;
  const auto patched = patch_settings(present(), patch);
  if (!patched) {
    for (const auto& one : patched.error()) lines.push_back(one.where + ": " + one.what);
  }
  return lines;
}

nlohmann::json shown(const tenant_config& config) { return nlohmann::json::parse(format_settings(config)); }

TEST(OrgSettings, ShowWhatCanBeChangedAndTheOverridesAndNoSecret) {
  const auto text = format_settings(present());
  EXPECT_THAT(text, Not(HasSubstr("afk_")));
  EXPECT_THAT(text, Not(HasSubstr("hooks.example")));
  const auto all = shown(present());
  EXPECT_EQ(all.at("organization"),
            nlohmann::json::parse(R"({"name":"Acme Corp","contact":"a@acme.example"})"));
  EXPECT_EQ(all.at("branding"),
            nlohmann::json::parse(R"({"dashboard_title":"Acme Corp Fleet","primary_color":"#00ff00",
                                      "secondary_color":"#123456","logo_url":null})"));
  EXPECT_EQ(all.at("agent"), nlohmann::json::parse(R"({"report_interval":10})"));
  EXPECT_EQ(all.at("alerts").at("cpu_threshold"), 90);
  EXPECT_EQ(all.at("alerts").at("disk_full"), nlohmann::json::parse(R"({"warning":24,"critical":4})"));
  EXPECT_EQ(all.at("alerts").at("overrides").size(), 1U);
  EXPECT_FALSE(all.at("alerts").contains("notify"));
  EXPECT_EQ(all.size(), 4U);
}

TEST(OrgSettings, TakeAnySubsetAndSayWhatIsOther) {
  const auto patched =
      patch_settings(present(), R"({"alerts":{"cpu_threshold":80,"memory_threshold":90,"swap":{"warning":50}},
                                    "branding":{"primary_color":"#F80"}})");
  ASSERT_TRUE(patched);
  EXPECT_THAT(patched->keys,
              ElementsAre("branding.primary_color", "alerts.cpu_threshold", "alerts.swap.warning"));
  EXPECT_EQ(patched->config.alerts.cpu_threshold, 80);
  EXPECT_EQ(patched->config.branding.primary_color, "#ff8800");
  EXPECT_EQ(patched->config.alerts.notify.size(), 1U) << "the rest stays";
  EXPECT_EQ(patched->config.server.api_key.reveal(), present().server.api_key.reveal());
  EXPECT_THAT(patch_settings(present(), "{}")->keys, IsEmpty());
}

TEST(OrgSettings, TakeNullForNoneOrForTheUsualValue) {
  const auto patched = patch_settings(present(), R"({"branding":{"secondary_color":null},
      "alerts":{"cpu_critical":null,"disk_full":{"warning":null},"hold_seconds":null}})");
  ASSERT_TRUE(patched);
  const auto all = shown(patched->config);
  EXPECT_EQ(all.at("branding").at("secondary_color"), nullptr);
  EXPECT_EQ(all.at("alerts").at("cpu_critical"), nullptr);
  EXPECT_EQ(all.at("alerts").at("disk_full"), nlohmann::json::parse(R"({"warning":null,"critical":4})"));
  EXPECT_EQ(all.at("alerts").at("hold_seconds"), 30);
  EXPECT_THAT(mistakes_of(R"({"organization":{"name":null}})"), ElementsAre("organization.name: is missing"));
}

TEST(OrgSettings, TellEveryMistakeWithItsPath) {
  EXPECT_THAT(mistakes_of(R"({"alerts":{"cpu_treshold":1,"overrides":[],"notify":[],"hold_seconds":-1},
                              "server":{"api_key":"afk_x"},"agent":{"retry_interval":1},"branding":7})"),
              ElementsAre(HasSubstr("alerts.cpu_treshold: is not known; did you mean alerts.cpu_threshold?"),
                          "alerts.overrides: cannot be changed here", "alerts.notify: cannot be changed here",
                          "server: cannot be changed here", "agent.retry_interval: cannot be changed here",
                          "branding: must be an object, not 7", HasSubstr("alerts.hold_seconds: must be")));
  EXPECT_THAT(mistakes_of(R"({"alerts":null})"), ElementsAre("alerts: must be an object, not null"));
  EXPECT_THAT(mistakes_of(R"({"alerts.cpu_threshold":1})"), ElementsAre(HasSubstr("is not known")));
  EXPECT_THAT(mistakes_of(R"({"alerts":{"clear_margin":90}})"),
              ElementsAre(HasSubstr("alerts.clear_margin: must be less than the lowest threshold")));
  EXPECT_THAT(mistakes_of("[]"), ElementsAre(": must be an object, not an empty list"));
  EXPECT_THAT(mistakes_of("{"), ElementsAre(HasSubstr(": line 1, column")));
  EXPECT_THAT(mistakes_of(R"({"agent":{"report_interval":1,"report_interval":2}})"),
              ElementsAre(HasSubstr("agent.report_interval: stands more than once")));
}

}  // namespace
}  // namespace atlas::tenants
