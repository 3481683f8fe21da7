#include "tenants/config.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace atlas::tenants {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string document_with(const nlohmann::json& channels) {
  auto document = nlohmann::json::parse(R"({
    "organization": {"name": "Acme", "id": "aaaaaaaa-0000-4000-8000-00000000000a"},
    "server": {"api_key": "afk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}})");
  document["alerts"] = {{"notify", channels}};
  return document.dump();
}

std::vector<std::string> mistakes_of(const nlohmann::json& channels) {
  std::vector<std::string> out;
  const auto config = parse_tenant_config(document_with(channels), "f");
  if (!config) {
    for (const auto& one : config.error()) out.push_back(one.where + ": " + one.what);
  }
  return out;
}

const char* good = R"([
  {"type": "webhook", "name": "hook", "url": "https://h.example/SECRETPATH", "secret": "SECRET1"},
  {"type": "slack", "name": "slack", "url": "https://hooks.slack.com/services/SECRETPATH", "min_severity": "critical"},
  {"type": "ntfy", "name": "phone", "url": "http://10.0.0.5:8080/topic", "token": "SECRET2", "resolved": false},
  {"type": "email", "name": "mail", "smtp": {"host": "m.example", "user": "u", "password": "SECRET3"},
   "from": "a@b.example", "to": ["c@d.example"], "repeat_minutes": 0, "escalate_minutes": 30,
   "templates": {"subject": "{{title}}"}}])";

TEST(NotifySettings, AreReadAndWrittenAndReadAgain) {
  const auto config = parse_tenant_config(document_with(nlohmann::json::parse(good)), "f");
  ASSERT_TRUE(config) << config.error().front().where << config.error().front().what;
  ASSERT_EQ(config->alerts.notify.size(), 4U);
  const auto& mail = config->alerts.notify[3];
  EXPECT_EQ(mail.smtp.port, 587);
  EXPECT_EQ(mail.smtp.security, smtp_security::starttls);
  EXPECT_EQ(mail.policy().escalate_after, std::chrono::minutes(30));
  const auto written = format_tenant_config(*config);
  const auto again = parse_tenant_config(written, "f");
  ASSERT_TRUE(again);
  EXPECT_EQ(format_tenant_config(*again), written);
}

TEST(NotifySettings, ShowNoSecretWhenMasked) {
  const auto config = parse_tenant_config(document_with(nlohmann::json::parse(good)), "f");
  ASSERT_TRUE(config);
  EXPECT_THAT(format_masked_config(*config), Not(HasSubstr("SECRET")));
  EXPECT_THAT(format_masked_config(*config), HasSubstr("https://hooks.slack.com/"));
}

TEST(NotifySettings, ReportEveryMistakeWithItsPathAndNoSecret) {
  const auto found = mistakes_of(nlohmann::json::parse(R"([
    {"type": "pigeon", "name": "bad name"},
    7,
    {"type": "email", "name": "mail", "smtp": {"host": "m", "port": 0, "secruity": "tls"}, "from": "x\r\ny@z", "to": ["a", 5]},
    {"type": "slack", "name": "mail", "url": "ftp://SECRET", "repeat_minutes": 1.5, "templates": {"text": "{{{x}}}"}},
    {"type": "email", "name": "plain", "smtp": {"host": "m", "security": "none", "password": "SECRET"}, "from": "a@b", "to": []}])"));
  EXPECT_THAT(
      found,
      testing::IsSupersetOf(
          {StartsWith("f: $.alerts.notify[0].type: must be one of"),
           StartsWith("f: $.alerts.notify[0].name: must be"),
           StartsWith("f: $.alerts.notify[1]: must be an object"),
           StartsWith("f: $.alerts.notify[2].smtp.port: must be"),
           StartsWith("f: $.alerts.notify[2].smtp.secruity: is not known here; did you mean \"security\"?"),
           StartsWith("f: $.alerts.notify[2].from: must be"),
           StartsWith("f: $.alerts.notify[2].to[0]: must be"),
           StartsWith("f: $.alerts.notify[2].to[1]: must be"),
           StartsWith("f: $.alerts.notify[3].url: must be"),
           StartsWith("f: $.alerts.notify[3].repeat_minutes: must be"),
           StartsWith("f: $.alerts.notify[3].templates.text: must not"),
           StartsWith("f: $.alerts.notify[3].name: \"mail\" is the name"),
           StartsWith("f: $.alerts.notify[4].smtp.password: must not"),
           StartsWith("f: $.alerts.notify[4].to: must be a list")}));
  for (const auto& one : found) EXPECT_THAT(one, Not(HasSubstr("SECRET")));
}

TEST(NotifySettings, TakeNoUrlThatIsMoreThanAnAddress) {
  for (const auto* url :
       {"https://user:pw@h.example/", "https://h.example/#x", "https://h.example/a b", "gopher://h/",
        "https://", "https://h.example:99999/", "file:///etc/passwd", "https://h.example/\r\nX: y"}) {
    EXPECT_FALSE(
        mistakes_of(nlohmann::json::array({nlohmann::json{{"type", "slack"}, {"name", "n"}, {"url", url}}}))
            .empty())
        << url;
  }
}

}  // namespace
}  // namespace atlas::tenants
