// The agent as it is installed, against a real broker.

#include "core/host_info.hpp"
#include "core/host_status.hpp"
#include "core/sample_codec.hpp"
#include "tests/unit/agent/certificates.hpp"
#include "tests/unit/agent/test_broker.hpp"

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace atlas::agent::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class Agent : public testing::Test {
 protected:
  test_agent::settings here() const { return {.url = broker.url(), .ca_file = broker.ca_file()}; }

  test_broker broker;
};

std::vector<sample> decoded(const std::vector<std::string>& payloads) {
  sample_decoder decoder;
  std::vector<sample> samples;
  for (const auto& payload : payloads) EXPECT_TRUE(decoder.decode(payload, samples).has_value()) << payload;
  return samples;
}

TEST_F(Agent, SaysWhoItIsAndThenReports) {
  const test_observer observer(broker);
  auto settings = here();
  settings.more = {"--tag", "web"};
  const test_agent agent(settings);
  // Which of them comes first depends on how long the connection takes: the newest does.
  ASSERT_TRUE(observer.hears("metrics", "\"seq\":1,")) << agent.output();
  ASSERT_TRUE(observer.hears("metrics", "\"seq\":2,")) << agent.output();
  const auto info = parse_host_info(observer.heard("info").at(0));
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->os, "linux");
  EXPECT_EQ(info->tags, std::vector<std::string>{"web"});
  const auto status = parse_host_status(observer.heard("status").at(0));
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->state, reported_state::online);
  const auto samples = decoded(observer.heard("metrics"));
  EXPECT_EQ(samples.at(0).boot, status->boot);
  EXPECT_EQ(samples.at(0).interval, 1.0);
  EXPECT_FALSE(samples.at(0).disks.empty()) << "rates and shares are there from the first sample on";
  EXPECT_LT(observer.all().find("/info "), observer.all().find("/status "));
  EXPECT_LT(observer.all().find("/status "), observer.all().find("/metrics "));
  EXPECT_EQ(agent.output().find(test_password), std::string::npos);
}

TEST_F(Agent, LeavesItsInfoAndStatusForThoseWhoComeLater) {
  const test_agent agent(here());
  ASSERT_TRUE(agent.says("connected to"));
  ASSERT_TRUE(eventually([&] { return broker.log().find("Received SUBSCRIBE") != std::string::npos; }));
  const test_observer observer(broker);
  EXPECT_TRUE(observer.hears("status", "online"));
  EXPECT_TRUE(observer.hears("info", "linux"));
}

TEST_F(Agent, IsLostWhenItIsKilled) {
  const test_observer observer(broker);
  test_agent agent(here());
  ASSERT_TRUE(observer.hears("status", "online"));
  agent.program().send(SIGKILL);
  EXPECT_TRUE(observer.hears("status", "lost"));
  const test_observer later(broker, "latecomer");
  EXPECT_TRUE(later.hears("status", "lost")) << "retained";
}

TEST_F(Agent, SaysStoppedAndLeavesNoWill) {
  const test_observer observer(broker);
  test_agent agent(here());
  ASSERT_TRUE(observer.hears("status", "online"));
  agent.program().send(SIGTERM);
  EXPECT_EQ(agent.program().wait(), 0);
  EXPECT_TRUE(observer.hears("status", "stopped"));
  broker.publish(topic_of("reply"), "after", false);
  ASSERT_TRUE(observer.hears("reply", "after"));
  EXPECT_EQ(observer.heard("status").size(), 2U) << observer.all();
}

TEST_F(Agent, ReportsAsOftenAsTheOrganisationAsks) {
  const test_observer observer(broker);
  broker.publish(topic_of("config"), R"({"report_interval":1,"focus":{}})", true);
  auto settings = here();
  settings.more = {"--report-interval", "3600"};
  const test_agent agent(settings);
  EXPECT_TRUE(observer.hears("metrics", "\"interval\":1,")) << agent.output();
  broker.publish(topic_of("config"), R"({"report_interval":0})", true);
  EXPECT_TRUE(agent.says("ignoring the configuration")) << agent.output();
}

TEST_F(Agent, TakesEverythingFromItsConfigurationFile) {
  const test_observer observer(broker);
  const fixture_root home;
  std::string pem = read_text(broker.ca_file());
  for (auto at = pem.find('\n'); at != std::string::npos; at = pem.find('\n', at)) pem.replace(at, 1, "\\n");
  home.write("/.fleet-agent/config.json", R"({"server_url":")" + broker.url() + R"(","organization_id":")" +
                                              test_org + R"(","host_id":"h1","password":")" + test_password +
                                              R"(","ca_pem":")" + pem +
                                              R"(","report_interval":1,"tags":["file"]})");
  const process agent({ATLAS_AGENT_PROGRAM}, home.path("/agent.log"), {{"HOME", home.path()}});
  EXPECT_TRUE(observer.hears("info", "\"file\"")) << agent.output();
  EXPECT_TRUE(agent.says("chmod 600"));
}

TEST_F(Agent, SaysWhenItsCredentialsAreRefused) {
  auto settings = here();
  settings.password = "wrong";
  const test_agent agent(settings);
  EXPECT_TRUE(agent.says("refused the credentials of host h1")) << agent.output();
  ASSERT_TRUE(eventually([&] { return count_of(agent.output(), "connect failed") >= 3; }));
  EXPECT_EQ(count_of(agent.output(), "refused the credentials"), 1U) << "once, not at every attempt";
}

TEST_F(Agent, SaysWhenAnotherOneReportsUnderItsName) {
  auto settings = here();
  settings.more = {"--retry-interval", "1"};
  const test_agent first(settings);
  ASSERT_TRUE(first.says("connected to"));
  const test_agent second(settings);
  EXPECT_TRUE(first.says("another agent seems to report as host h1")) << first.output();
}

TEST_F(Agent, SaysWhenTheCertificateIsOfAnotherCa) {
  const test_broker other;
  const test_agent agent({.url = other.url(), .ca_file = broker.ca_file()});
  EXPECT_TRUE(agent.says("is signed by another CA")) << agent.output();
  EXPECT_THAT(other.log(), Not(HasSubstr("host/h1"))) << "and gives its name and password to nobody";
}

TEST_F(Agent, DoesNotTrustTheSystemsCasOnceItHasOneOfItsOwn) {
  const test_agent agent({.url = broker.url(), .ca_file = ""});
  EXPECT_TRUE(agent.says("is signed by another CA"))
      << "the system's CAs do not know the test's: " << agent.output();
}

TEST(AgentTls, SaysWhenTheCertificateIsForAnotherName) {
  const test_broker broker("DNS:fleet.example.com,IP:10.1.2.3");
  const test_agent agent({.url = broker.url(), .ca_file = broker.ca_file()});
  EXPECT_TRUE(agent.says("is for another name (it names fleet.example.com, 10.1.2.3)")) << agent.output();
  EXPECT_THAT(broker.log(), Not(HasSubstr("host/h1")));
}

TEST(AgentTls, ChecksAddressesLikeNames) {
  const test_broker broker("DNS:localhost");
  const test_agent stranger({.url = broker.url("127.0.0.1"), .ca_file = broker.ca_file()});
  EXPECT_TRUE(stranger.says("is for another name (it names localhost)")) << stranger.output();
  const test_broker other("IP:127.0.0.1");
  const test_agent agent({.url = other.url("127.0.0.1"), .ca_file = other.ca_file()});
  EXPECT_TRUE(agent.says("connected to 127.0.0.1:")) << agent.output();
}

TEST(AgentTls, SaysWhenTheCertificateHasExpired) {
  const test_broker broker("DNS:localhost", 0);
  const test_agent agent({.url = broker.url(), .ca_file = broker.ca_file()});
  EXPECT_TRUE(agent.says("has expired (on 20")) << agent.output();
  EXPECT_THAT(broker.log(), Not(HasSubstr("host/h1")));
}

class AgentAlone : public testing::Test {
 protected:
  AgentAlone() { make_certificates(folder.path(), "DNS:localhost"); }
  std::string ca() const { return folder.path("/ca.crt"); }

  fixture_root folder;
};

TEST_F(AgentAlone, SaysWhenNobodyListens) {
  const test_agent agent({.url = "mqtts://localhost:" + std::to_string(free_port()), .ca_file = ca()});
  EXPECT_TRUE(agent.says("nothing listens at localhost:")) << agent.output();
}

TEST_F(AgentAlone, SaysWhenTheNameDoesNotResolve) {
  const test_agent agent({.url = "mqtts://no-such-host.invalid", .ca_file = ca()});
  EXPECT_TRUE(agent.says("the name no-such-host.invalid does not resolve")) << agent.output();
}

TEST_F(AgentAlone, SaysWhenTheServerIsSilent) {
  const test_listener silent;
  const test_agent agent({.url = silent.url(), .ca_file = ca(), .more = {"--connection-timeout", "1"}});
  EXPECT_TRUE(agent.says("does not speak TLS 1.2 or later (the handshake got no answer)")) << agent.output();
}

TEST_F(AgentAlone, PrintsOneSample) {
  process agent({ATLAS_AGENT_PROGRAM, "--once"}, folder.path("/once.log"));
  EXPECT_EQ(agent.wait(), 0);
  EXPECT_EQ(decoded({agent.output()}).size(), 1U);
}

TEST_F(AgentAlone, ReportsMistakesInItsSettingsAndStops) {
  process agent({ATLAS_AGENT_PROGRAM, "--server-url", "mqtt://x"}, folder.path("/log"),
                {{"HOME", folder.path()}});
  EXPECT_EQ(agent.wait(), 2);
  EXPECT_THAT(agent.output(), HasSubstr("--server-url: mqtt:// would send the password in the clear"));
  EXPECT_THAT(agent.output(), HasSubstr("organization_id: is missing"));
}

TEST_F(AgentAlone, StopsAtOnceWhileItCannotConnect) {
  test_agent agent({.url = "mqtts://localhost:" + std::to_string(free_port()), .ca_file = ca()});
  ASSERT_TRUE(agent.says("nothing listens"));
  agent.program().send(SIGINT);
  EXPECT_EQ(agent.program().wait(), 0);
}

}  // namespace
}  // namespace atlas::agent::test
