#include "tests/unit/tenants/cli_support.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace atlas::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class BrokerCommands : public CommandLine {
 protected:
  void SetUp() override {
    add_org("acme", "Acme Corp", 'a');
    add_org("beta", "Beta Industries", 'b', 28'769);
  }
  std::filesystem::path broker(const char* file) const { return root_.broker_dir() / file; }
  void set_url(const std::string& slug, const std::string& url) const {
    auto config = config_of(slug);
    config.broker.url = url;
    ASSERT_TRUE(tenants::save_tenant_config(config, root_.tenant_file(slug)));
  }
};

TEST_F(BrokerCommands, RenderWritesTheUsersOfAllOrganisations) {
  ASSERT_TRUE(registry_of("acme").add_host(host_id::parse("web-1").value(), {}));
  const auto done = must({"broker", "render"});
  EXPECT_THAT(done.out, HasSubstr("rendered, 6 users of 2 organisations"));
  const auto passwd = read_text(broker("passwd"));
  EXPECT_THAT(passwd,
              HasSubstr(std::string(config_of("acme").organization.id.text()) + "/host/web-1:$7$101$"));
  EXPECT_THAT(passwd, HasSubstr("\n" + std::string(config_of("beta").organization.id.text()) + ":$7$101$"));
  EXPECT_THAT(passwd, HasSubstr("\ncanary:$7$101$"));
}

TEST_F(BrokerCommands, RenderTwiceIsNothingNew) {
  must({"broker", "render"});
  EXPECT_THAT(must({"broker", "render"}).out, HasSubstr("nothing new"));
}

TEST_F(BrokerCommands, RenderTellsAProgramToo) {
  const auto told = must({"broker", "render", "--json", "--name", "fleet.example.com,192.0.2.7"}).json();
  EXPECT_EQ(told["users"], 5);
  EXPECT_EQ(told["organizations"], 2);
  EXPECT_EQ(told["changed"], true);
  EXPECT_EQ(told["running"], false);
  EXPECT_THAT(told["certificate"]["names"].dump(), HasSubstr("fleet.example.com"));
  EXPECT_THAT(told["certificate"]["names"].dump(), HasSubstr("192.0.2.7"));
}

TEST_F(BrokerCommands, ApplyWithoutABrokerSaysSo) {
  EXPECT_THAT(must({"broker", "apply"}).out, HasSubstr("No broker runs here"));
  EXPECT_EQ(must({"broker", "apply", "--json"}).json()["running"], false);
}

TEST_F(BrokerCommands, CheckTriesTheFilesAndSaysWhatItSaw) {
  must({"broker", "render"});
  const auto done = must({"broker", "check"});
  EXPECT_THAT(done.out, HasSubstr("2 organisations name the broker localhost:28883"));
  EXPECT_THAT(done.out, HasSubstr("refuses a foreign publish"));
  EXPECT_THAT(done.out, HasSubstr("certificate  until 20"));
  EXPECT_THAT(done.out, HasSubstr("does not run"));
  EXPECT_EQ(must({"broker", "check", "--json"}).json()["ok"], true);
}

TEST_F(BrokerCommands, CheckFailsOverADamagedFile) {
  must({"broker", "render"});
  write_text(broker("acl"), "pattern readwrite #\n");
  const auto done = run({"broker", "check"});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.out, HasSubstr("WRONG"));
  EXPECT_THAT(done.out, HasSubstr("acl: is not what atlas-fleet has rendered"));
  EXPECT_THAT(done.out, HasSubstr("its own topic was refused"));
  EXPECT_EQ(run({"broker", "check", "--json"}).json()["ok"], false);
}

TEST_F(BrokerCommands, CheckBeforeARenderSaysWhatToDo) {
  const auto done = run({"broker", "check"});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.out, HasSubstr("run `atlas-fleet broker render`"));
  EXPECT_FALSE(std::filesystem::exists(root_.broker_dir()));
}

TEST_F(BrokerCommands, RefuseOrganisationsThatNameDifferentBrokers) {
  set_url("beta", "mqtts://elsewhere.example.com:8883");
  for (const char* verb : {"render", "apply", "check", "run"}) {
    const auto done = run({"broker", verb});
    EXPECT_EQ(done.code, 1);
    EXPECT_EQ(done.error_lines(), 1U);
    EXPECT_THAT(done.err, HasSubstr("atlas-fleet org set beta broker.url mqtts://localhost:28883"));
  }
}

TEST_F(BrokerCommands, TakeTheSameBrokerWrittenDifferently) {
  set_url("beta", "mqtts://LOCALHOST:28883");
  must({"broker", "render"});
}

TEST_F(BrokerCommands, RunSaysThatThePortIsInUse) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(fd, reinterpret_cast<const sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(fd, 1), 0);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  const auto port = std::to_string(ntohs(address.sin_port));
  for (const char* slug : {"acme", "beta"}) set_url(slug, "mqtts://localhost:" + port);
  const auto done = run({"broker", "run"});
  close(fd);
  EXPECT_EQ(done.code, 1);
  EXPECT_EQ(done.error_lines(), 1U);
  EXPECT_THAT(done.err, HasSubstr("port " + port + " is in use"));
}

TEST_F(BrokerCommands, PrintNoSecret) {
  must({"broker", "render"});
  const auto secret = read_text(broker("canary.secret")).substr(0, 43);
  for (const char* verb : {"render", "apply", "check"}) {
    for (const auto& said : {must({"broker", verb}).out, must({"broker", verb, "--json"}).out}) {
      EXPECT_THAT(said, Not(HasSubstr(secret)));
      EXPECT_THAT(said, Not(HasSubstr("$7$")));
    }
  }
}

class NoOrganisation : public CommandLine {};

TEST_F(NoOrganisation, LeavesNothingForABrokerToDo) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"broker", "render"}, {"broker", "check"}, {"broker", "run"}, {"up"}}) {
    const auto done = run(words);
    EXPECT_EQ(done.code, 1);
    EXPECT_EQ(done.error_lines(), 1U);
    EXPECT_THAT(done.err, HasSubstr("atlas-fleet setup"));
  }
  EXPECT_FALSE(std::filesystem::exists(root_.broker_dir()));
}

}  // namespace
}  // namespace atlas::test
