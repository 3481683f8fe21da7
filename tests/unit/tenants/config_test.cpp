#include "tenants/config.hpp"

#include "tests/unit/tenants/support.hpp"

#include <algorithm>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace atlas::tenants {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

// The example that the format comes from, with an id and a key in place of its placeholders.
constexpr const char* seed_example = R"({
  "organization": {
    "name": "Acme Corp",
    "id": "aaaaaaaa-0000-4000-8000-00000000000a",
    "contact": "admin@acme.com"
  },
  "server": {
    "host": "127.0.0.1",
    "port": 8768,
    "api_key": "afk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
    "history_size": 360
  },
  "agent": {"report_interval": 10, "retry_interval": 5, "connection_timeout": 10},
  "branding": {"dashboard_title": "Acme Fleet", "primary_color": "#00ff00", "secondary_color": null, "logo_url": null},
  "alerts": {"enabled": true, "cpu_threshold": 90, "memory_threshold": 90, "disk_threshold": 90}
})";

nlohmann::json minimal() {
  return nlohmann::json::parse(R"({
    "organization": {"name": "Acme", "id": "aaaaaaaa-0000-4000-8000-00000000000a"},
    "server": {"api_key": "afk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}
  })");
}

std::vector<std::string> mistakes_of(std::string_view text) {
  std::vector<std::string> lines;
  const auto config = parse_tenant_config(text, "tenant.json");
  if (!config) {
    for (const auto& problem : config.error()) lines.push_back(problem.where + ": " + problem.what);
  }
  return lines;
}

std::vector<std::string> mistakes_with(std::string_view pointer, const nlohmann::json& value) {
  auto document = minimal();
  document[nlohmann::json::json_pointer(std::string(pointer))] = value;
  return mistakes_of(document.dump());
}

TEST(TenantConfig, LoadsTheSeedsExample) {
  const auto config = parse_tenant_config(seed_example, "tenant.json");
  ASSERT_TRUE(config) << config.error().front().where << config.error().front().what;
  EXPECT_EQ(config->organization.name, "Acme Corp");
  EXPECT_EQ(config->organization.id.text(), "aaaaaaaa-0000-4000-8000-00000000000a");
  EXPECT_EQ(config->organization.contact, "admin@acme.com");
  EXPECT_EQ(config->server.port, 8768);
  EXPECT_EQ(config->server.api_key.bytes().size(), 32U);
  EXPECT_EQ(config->server.history_size, 360U);
  EXPECT_EQ(config->branding.dashboard_title, "Acme Fleet");
  EXPECT_EQ(config->branding.primary_color, "#00ff00");
  EXPECT_FALSE(config->branding.logo_url);
}

TEST(TenantConfig, GivesEveryOtherKeyItsDefault) {
  const auto config = parse_tenant_config(minimal().dump(), "tenant.json").value();
  EXPECT_EQ(config.organization.contact, "");
  EXPECT_EQ(config.server.host, "127.0.0.1");
  EXPECT_EQ(config.server.port, 8768);
  EXPECT_EQ(config.server.max_connections_per_address, 512U);
  EXPECT_FALSE(config.server.tls.certificate);
  EXPECT_EQ(config.broker.url, "mqtts://localhost:8883");
  EXPECT_FALSE(config.broker.ca_file);
  EXPECT_EQ(config.agent.report_interval, 10U);
  EXPECT_EQ(config.branding.dashboard_title, "Acme Fleet");
  EXPECT_EQ(config.alerts.offline_after, 30U);
  EXPECT_EQ(config.history.store, "sqlite");
}

TEST(TenantConfig, ReportsFiveMistakesWithTheirPaths) {
  auto document = minimal();
  document["organization"]["id"] = "acme";
  document["server"]["port"] = "abc";
  document["server"]["prot"] = 1;
  document["branding"]["primary_color"] = "green";
  document["alerts"]["cpu_threshold"] = 101;
  EXPECT_THAT(
      mistakes_of(document.dump()),
      UnorderedElementsAre(
          R"(tenant.json: $.organization.id: must be a UUID of version 4, as 6f1e2d3c-4b5a-4678-9abc-def012345678, not "acme")",
          R"(tenant.json: $.server.port: must be a whole number from 1 to 65535, not "abc")",
          R"(tenant.json: $.server.prot: is not known; did you mean "port"?)",
          R"(tenant.json: $.branding.primary_color: must be a colour, as #00ff00 or #0f0, not "green")",
          R"(tenant.json: $.alerts.cpu_threshold: must be a number from 1 to 100, not 101)"));
}

TEST(TenantConfig, NamesEachRequiredKeyThatIsMissing) {
  EXPECT_THAT(mistakes_of("{}"), ElementsAre("tenant.json: $.organization.name: is missing",
                                             "tenant.json: $.organization.id: is missing",
                                             "tenant.json: $.server.api_key: is missing"));
}

TEST(TenantConfig, TellsLineAndColumnOfASyntaxError) {
  const auto mistakes = mistakes_of("{\n  \"organization\": {\"name\": \"Acme\",}\n}");
  ASSERT_EQ(mistakes.size(), 1U);
  EXPECT_THAT(mistakes[0], HasSubstr("tenant.json: line 2, column 35: is not valid JSON: "));
}

TEST(TenantConfig, SaysWhatAnEmptyFileIs) {
  EXPECT_THAT(mistakes_of(""), ElementsAre(HasSubstr("tenant.json: line 1, column 1: is not valid JSON: ")));
  EXPECT_THAT(mistakes_of("[]"), ElementsAre("tenant.json: $: must be an object, not an empty list"));
}

TEST(TenantConfig, NeverShowsAKey) {
  const std::string secret = "sEcReT-sEcReT-sEcReT";
  for (const auto& mistake : mistakes_with("/server/api_key", secret))
    EXPECT_THAT(mistake, Not(HasSubstr(secret)));
  for (const auto& mistake : mistakes_with("/server/api_kye", secret))
    EXPECT_THAT(mistake, Not(HasSubstr(secret)));
  // Cut off within the key.
  for (const auto& mistake : mistakes_of(R"({"server": {"api_key": ")" + secret)) {
    EXPECT_THAT(mistake, Not(HasSubstr(secret)));
  }
}

TEST(TenantConfig, RefusesAKeyThatStandsTwice) {
  EXPECT_THAT(mistakes_of(R"({"organization": {"name": "A", "name": "B",
                               "id": "aaaaaaaa-0000-4000-8000-00000000000a"},
                              "server": {"api_key": "afk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}})"),
              ElementsAre("tenant.json: $.organization.name: stands more than once: keep one"));
}

TEST(TenantConfig, RefusesWhatIsNestedTooDeep) {
  std::string text = "{\"alerts\":";
  for (int i = 0; i < 100'000; ++i) text += '[';
  for (int i = 0; i < 100'000; ++i) text += ']';
  EXPECT_THAT(mistakes_of(text + "}"), ElementsAre("tenant.json: $: is nested deeper than 16 levels"));
}

TEST(TenantConfig, RefusesASectionThatIsNoObject) {
  EXPECT_THAT(mistakes_with("/server", 7), ElementsAre("tenant.json: $.server: must be an object, not 7"));
}

TEST(TenantConfig, DoesNotTakeADottedKeyForItsPath) {
  EXPECT_THAT(mistakes_with("/server.port", 1), ElementsAre(HasSubstr("$[\"server.port\"]: is not known")));
}

TEST(TenantConfig, BringsIdsAndColoursIntoOneForm) {
  auto document = minimal();
  document["organization"]["id"] = "AAAAAAAA-0000-4000-8000-00000000000A";
  document["branding"]["primary_color"] = "#0F8";
  document["branding"]["secondary_color"] = "#ABCDEF";
  const auto config = parse_tenant_config(document.dump(), "tenant.json").value();
  EXPECT_EQ(config.organization.id.text(), "aaaaaaaa-0000-4000-8000-00000000000a");
  EXPECT_EQ(config.branding.primary_color, "#00ff88");
  EXPECT_EQ(config.branding.secondary_color, "#abcdef");
}

struct one_value {
  const char* pointer;
  nlohmann::json value;
};

class GoodValue : public ::testing::TestWithParam<one_value> {};
TEST_P(GoodValue, IsTaken) { EXPECT_THAT(mistakes_with(GetParam().pointer, GetParam().value), IsEmpty()); }
INSTANTIATE_TEST_SUITE_P(
    TenantConfig, GoodValue,
    ::testing::Values(
        one_value{"/server/port", 65535}, one_value{"/server/port", 8768.0}, one_value{"/server/host", "::1"},
        one_value{"/server/host", "fleet.example.com"}, one_value{"/server/api_key", std::string(64, 'a')},
        one_value{"/organization/contact", ""}, one_value{"/organization/name", "Ünïcode & Söhne"},
        one_value{"/broker/url", "mqtts://fleet.example.com"}, one_value{"/broker/url", "mqtts://[::1]:8883"},
        one_value{"/broker/ca_file", "/etc/ca.pem"},
        one_value{"/branding/logo_url", "https://example.com/logo.svg"},
        one_value{"/branding/logo_url", "data:image/png;base64,iVBORw0KGgoAAAA="},
        one_value{"/branding/logo_url", "/logo.png"}, one_value{"/alerts/cpu_threshold", 99.5},
        one_value{"/alerts/overrides", nlohmann::json::array()},
        one_value{"/alerts/notify", nlohmann::json::array()}, one_value{"/alerts/hold_seconds", 0},
        one_value{"/alerts/clear_margin", 0}));

class BadValue : public ::testing::TestWithParam<one_value> {};
TEST_P(BadValue, IsOneMistakeAtItsPath) {
  std::string path = GetParam().pointer;
  std::replace(path.begin(), path.end(), '/', '.');
  EXPECT_THAT(mistakes_with(GetParam().pointer, GetParam().value),
              ElementsAre(::testing::StartsWith("tenant.json: $" + path + ": ")));
}
INSTANTIATE_TEST_SUITE_P(
    TenantConfig, BadValue,
    ::testing::Values(
        one_value{"/server/port", 0}, one_value{"/server/port", 65536}, one_value{"/server/port", -1},
        one_value{"/server/port", 1.5}, one_value{"/server/port", 1e300}, one_value{"/server/port", nullptr},
        one_value{"/server/port", true}, one_value{"/server/host", ""}, one_value{"/server/host", "a b"},
        one_value{"/server/history_size", 0}, one_value{"/server/api_key", "afk_short"},
        one_value{"/server/api_key", 7}, one_value{"/server/tls", "yes"},
        one_value{"/organization/name", "  "}, one_value{"/organization/name", "a\nb"},
        one_value{"/organization/contact", "nobody"}, one_value{"/organization/contact", "a@b c"},
        one_value{"/organization/id", "aaaaaaaa-0000-1000-8000-00000000000a"},
        one_value{"/broker/url", "mqtt://localhost"}, one_value{"/broker/url", "mqtts://"},
        one_value{"/broker/url", "mqtts://host:0"}, one_value{"/broker/url", "mqtts://host:1/x"},
        one_value{"/broker/url", "mqtts://user@host"}, one_value{"/broker/ca_file", "ca.pem"},
        one_value{"/branding/primary_color", "#12345"}, one_value{"/branding/primary_color", "#12345g"},
        one_value{"/branding/primary_color", nullptr}, one_value{"/branding/logo_url", "javascript:alert(1)"},
        one_value{"/branding/logo_url", "//evil.example"},
        one_value{"/branding/logo_url", "data:image/png;base64,PHN2Zz4="},
        one_value{"/branding/logo_url", "data:image/png,<svg>"}, one_value{"/branding/logo_url", "data:text/html,x"}, one_value{"/branding/logo_url", "https://a\"b"},
        one_value{"/alerts/enabled", 1}, one_value{"/alerts/cpu_threshold", 0},
        one_value{"/alerts/cpu_threshold", "90"}, one_value{"/alerts/clear_margin", 90},
        one_value{"/alerts/clear_margin", -1}, one_value{"/alerts/notify", "x"},
        one_value{"/alerts/overrides", nlohmann::json::object()}, one_value{"/history/store", "redis"}));

TEST(TenantConfig, WantsCertificateAndKeyTogether) {
  const auto mistakes = mistakes_with("/server/tls", {{"certificate", "/a.pem"}});
  EXPECT_THAT(
      mistakes,
      ElementsAre("tenant.json: $.server.tls: must name certificate and private_key both, or neither"));
  EXPECT_THAT(mistakes_with("/server/tls", {{"certificate", "/a.pem"}, {"private_key", "/a.key"}}),
              IsEmpty());
}

TEST(TenantConfig, WantsAMarginBelowEveryThreshold) {
  EXPECT_THAT(
      mistakes_with("/alerts", {{"disk_threshold", 20}, {"clear_margin", 20}}),
      ElementsAre("tenant.json: $.alerts.clear_margin: must be less than the lowest threshold, 20, not 20"));
}

TEST(TenantConfig, FormatsWhatItParses) {
  auto document = minimal();
  document["server"]["tls"] = {{"certificate", "/a.pem"}, {"private_key", "/a.key"}};
  document["alerts"]["cpu_threshold"] = 77.5;
  document["branding"]["logo_url"] = "/logo.png";
  const auto config = parse_tenant_config(document.dump(), "tenant.json").value();
  const auto text = format_tenant_config(config);
  const auto again = parse_tenant_config(text, "tenant.json").value();
  EXPECT_EQ(format_tenant_config(again), text);
  const auto written = nlohmann::json::parse(text);
  EXPECT_EQ(written["alerts"]["cpu_threshold"], 77.5);
  EXPECT_EQ(written["alerts"]["notify"], nlohmann::json::array());
  EXPECT_EQ(written["server"]["tls"]["private_key"], "/a.key");
  EXPECT_EQ(written["broker"]["ca_file"], nullptr);
}

TEST(TenantConfig, SavesForItsOwnerOnly) {
  const test::temporary_directory folder;
  const auto file = folder.path() / "tenant.json";
  const auto config = parse_tenant_config(minimal().dump(), "tenant.json").value();
  test::write_text(file, "old");
  ASSERT_TRUE(save_tenant_config(config, file));
  EXPECT_EQ(test::mode_of(file), 0600U);
  EXPECT_EQ(format_tenant_config(load_tenant_config(file).value()), format_tenant_config(config));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1)
      << "nothing is left beside it";
}

TEST(TenantConfig, ReportsAFileThatCannotBeReadOrWritten) {
  const auto missing = load_tenant_config("/nonexistent/tenant.json");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().front().where, "/nonexistent/tenant.json");
  EXPECT_THAT(missing.error().front().what, HasSubstr("No such file"));
  const auto config = parse_tenant_config(minimal().dump(), "tenant.json").value();
  EXPECT_FALSE(save_tenant_config(config, "/nonexistent/tenant.json"));
}

TEST(TenantConfig, BecomesTheFleetsRules) {
  const auto config = parse_tenant_config(R"({
        "organization": {"name": "Acme", "id": "aaaaaaaa-0000-4000-8000-00000000000a"},
        "server": {"api_key": "afk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"},
        "alerts": {"enabled": false, "cpu_threshold": 80, "disk_threshold": 95, "hold_seconds": 7,
                   "clear_margin": 10, "offline_after": 12}})",
                                          "tenant.json")
                          .value();
  const auto rules = config.rules();
  EXPECT_FALSE(rules.alerts_enabled);
  EXPECT_EQ(rules.levels[alert_rule::cpu].warning, 80);
  EXPECT_EQ(rules.levels[alert_rule::cpu].margin, 10);
  EXPECT_EQ(rules.levels[alert_rule::cpu].hold, std::chrono::seconds(7));
  EXPECT_EQ(rules.levels[alert_rule::disk].critical, 95);
  EXPECT_EQ(rules.offline_after, std::chrono::seconds(12));
}

TEST(TenantConfig, SetsOneValueFromText) {
  auto config = parse_tenant_config(minimal().dump(), "tenant.json").value();
  EXPECT_TRUE(set_value(config, "server.port", "9000"));
  EXPECT_TRUE(set_value(config, "organization.name", "42"));
  EXPECT_TRUE(set_value(config, "alerts.enabled", "false"));
  EXPECT_TRUE(set_value(config, "branding.logo_url", "/x.png"));
  EXPECT_TRUE(set_value(config, "branding.logo_url", ""));
  EXPECT_EQ(config.server.port, 9000);
  EXPECT_EQ(config.organization.name, "42");
  EXPECT_FALSE(config.alerts.enabled);
  EXPECT_FALSE(config.branding.logo_url);
  const auto wrong = set_value(config, "server.port", "lots");
  EXPECT_EQ(wrong.error().where, "server.port");
  EXPECT_EQ(wrong.error().what, R"(must be a whole number from 1 to 65535, not "lots")");
  EXPECT_THAT(set_value(config, "server.prot", "1").error().what, HasSubstr("did you mean server.port"));
  EXPECT_EQ(config.server.port, 9000);
}

// Whatever a file holds, it is taken or refused with a message; what is taken can be written and read again.
TEST(TenantConfig, SurvivesEveryMutationOfAFile) {
  std::mt19937 random(1);
  const auto pick = [&random](std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(random);
  };
  const std::string_view pieces = "{}[]\",:0123456789.eE+-\\ truefalsenull\n\x80\xff";
  for (int round = 0; round < 3000; ++round) {
    std::string text = seed_example;
    for (std::size_t changes = 1 + pick(4); changes > 0; --changes) {
      const auto at = pick(text.size());
      if (pick(2) == 0) {
        text[at] = pieces[pick(pieces.size())];
      } else {
        text.erase(at, 1 + pick(8));
      }
    }
    const auto config = parse_tenant_config(text, "f");
    if (config) {
      const auto again = parse_tenant_config(format_tenant_config(*config), "f");
      ASSERT_TRUE(again) << text << again.error().front().where << again.error().front().what;
    } else {
      ASSERT_FALSE(config.error().empty());
    }
  }
}

}  // namespace

}  // namespace atlas::tenants
