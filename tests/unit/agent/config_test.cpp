#include "agent/config.hpp"

#include "agent/config_file.hpp"
#include "tests/unit/agent/fixture_root.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace atlas::agent::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::SizeIs;

constexpr const char* uuid = "6f1e2d3c-4b5a-4678-9abc-def012345678";

settings minimal() {
  settings said;
  said.server_url = {"mqtts://broker.example.com", "--server-url"};
  said.organization_id = {uuid, "--organization-id"};
  said.password = {"secret", "ATLAS_AGENT_PASSWORD"};
  return said;
}

std::vector<std::string> places(const config_errors& errors) {
  std::vector<std::string> found;
  for (const auto& one : errors) found.push_back(one.where);
  return found;
}

TEST(Config, HasDefaultsForAllThatIsNotNeeded) {
  const auto config = complete(minimal(), "web-1.example.com");
  ASSERT_TRUE(config.has_value());
  EXPECT_EQ(config->broker, (broker_address{"broker.example.com", 8883}));
  EXPECT_EQ(config->host.text(), "web-1");
  EXPECT_EQ(config->report_interval, 10U);
  EXPECT_EQ(config->retry_interval, 5U);
  EXPECT_EQ(config->connection_timeout, 10U);
  EXPECT_TRUE(config->ca.file.empty());
  EXPECT_EQ(config->user(), std::string(uuid) + "/host/web-1");
}

TEST(Config, ReportsEveryMistakeAtOnceWithItsPlace) {
  const auto config = complete(parse_config_file(R"({
    "server_url": "mqtt://localhost", "organization_id": "acme", "host_id": "a/b", "password_file": "/no/such/file",
    "ca_pem": "no certificate", "report_interval": 0, "retry_interval": 3601, "connection_timeout": 301,
    "tags": ["fine", ""]})",
                                                 "/etc/agent.json")
                                   .value(),
                               "host");
  ASSERT_FALSE(config.has_value());
  EXPECT_THAT(places(config.error()),
              ElementsAre("/etc/agent.json: $.server_url", "/etc/agent.json: $.organization_id",
                          "/etc/agent.json: $.host_id", "/etc/agent.json: $.password_file",
                          "/etc/agent.json: $.ca_pem", "/etc/agent.json: $.report_interval",
                          "/etc/agent.json: $.retry_interval", "/etc/agent.json: $.connection_timeout",
                          "/etc/agent.json: $.tags"));
}

TEST(Config, SaysHowToGiveWhatIsMissing) {
  const auto config = complete({}, "host");
  ASSERT_FALSE(config.has_value());
  EXPECT_THAT(places(config.error()), ElementsAre("server_url", "organization_id", "password"));
  EXPECT_THAT(config.error(), Contains(Field(&error::what, HasSubstr("--password-file"))));
}

TEST(Config, AsksForAHostIdWhereTheMachinesNameIsNone) {
  const auto config = complete(minimal(), "bad name");
  ASSERT_FALSE(config.has_value());
  EXPECT_THAT(config.error()[0].where, HasSubstr("--host-id"));
}

TEST(Config, TakesThePasswordFromAFile) {
  const fixture_root root;
  root.write("/secret", "  hush \n");
  auto said = minimal();
  said.password.reset();
  said.password_file = {root.path("/secret"), "--password-file"};
  EXPECT_EQ(complete(said, "h")->password, "hush");
  root.write("/secret", "\n");
  EXPECT_FALSE(complete(said, "h").has_value());
}

TEST(Config, RefusesTwoWaysToSayOneThing) {
  auto said = minimal();
  said.password_file = {"/x", "$.password_file"};
  said.ca_file = {"/x", "$.ca_file"};
  said.ca_pem = {"-----BEGIN CERTIFICATE-----", "$.ca_pem"};
  const auto config = complete(said, "h");
  ASSERT_FALSE(config.has_value());
  EXPECT_THAT(config.error(), SizeIs(2));
}

TEST(Config, LetsTheStrongerWayOfSayingWin) {
  auto said = minimal();
  said.ca_pem = {"pem", "file"};
  settings stronger;
  stronger.password_file = {"/secret", "--password-file"};
  stronger.ca_file = {"/ca", "--ca-file"};
  stronger.report_interval = {3, "--report-interval"};
  said.override_with(stronger);
  EXPECT_FALSE(said.password.has_value());
  EXPECT_EQ(said.password_file->value, "/secret");
  EXPECT_FALSE(said.ca_pem.has_value());
  EXPECT_EQ(said.ca_file->value, "/ca");
  EXPECT_EQ(said.report_interval->value, 3U);
  EXPECT_EQ(said.server_url->value, "mqtts://broker.example.com");
}

TEST(ConfigFile, NamesUnknownKeysAndWrongTypes) {
  const auto said = parse_config_file(
      R"({"server_url": 1, "pasword": "x", "report_interval": "10", "retry_interval": 1.5, "tags": ["a", 2], "ca_file": null})",
      "c.json");
  ASSERT_FALSE(said.has_value());
  EXPECT_THAT(places(said.error()),
              ElementsAre("c.json: $.server_url", "c.json: $.report_interval", "c.json: $.retry_interval",
                          "c.json: $.tags[1]", "c.json: $.pasword"));
}

TEST(ConfigFile, MustBeAJsonObject) {
  EXPECT_FALSE(parse_config_file("{", "c.json").has_value());
  EXPECT_FALSE(parse_config_file("[]", "c.json").has_value());
  EXPECT_FALSE(load_config_file("/no/such/file").has_value());
}

TEST(ConfigFile, NamesFilesRelativeToItself) {
  const auto said =
      parse_config_file(R"({"ca_file": "ca.crt", "password_file": "/abs/secret"})", "/etc/a/c.json");
  EXPECT_EQ(said->ca_file->value, "/etc/a/ca.crt");
  EXPECT_EQ(said->password_file->value, "/abs/secret");
  EXPECT_EQ(parse_config_file(R"({"ca_file": "ca.crt"})", "c.json")->ca_file->value, "ca.crt");
}

TEST(ConfigFile, IsForItsOwnerOnly) {
  const fixture_root root;
  root.write("/c.json", "{}");
  ::chmod(root.path("/c.json").c_str(), 0600);
  EXPECT_FALSE(is_readable_by_others(root.path("/c.json")));
  ::chmod(root.path("/c.json").c_str(), 0640);
  EXPECT_TRUE(is_readable_by_others(root.path("/c.json")));
}

TEST(ServerUrl, IsAHostWithOrWithoutAPort) {
  EXPECT_EQ(parse_server_url("mqtts://localhost"), (broker_address{"localhost", 8883}));
  EXPECT_EQ(parse_server_url("mqtts://10.0.0.1:1234/"), (broker_address{"10.0.0.1", 1234}));
  for (const char* wrong :
       {"", "localhost", "mqtt://localhost", "mqtts://", "mqtts://:8883", "mqtts://a:0", "mqtts://a:65536",
        "mqtts://a:", "mqtts://a:1:2", "mqtts://a b", "mqtts://u@h", "mqtts://[::1]:8883", "https://a"}) {
    EXPECT_FALSE(parse_server_url(wrong).has_value()) << wrong;
  }
}

}  // namespace
}  // namespace atlas::agent::test
