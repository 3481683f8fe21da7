#include "broker/trial.hpp"

#include "broker/acl.hpp"
#include "broker/conf.hpp"
#include "broker/files.hpp"
#include "test_broker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace atlas::broker {
namespace {

using testing::HasSubstr;
using testing::Not;

class Trial : public testing::Test {
 protected:
  void SetUp() override { render_files(); }
  void render_files() {
    ASSERT_TRUE(render(broker.options, {{"a", "one"}}));
    const auto dir = broker.dir();
    files.conf = read_text(dir / "mosquitto.conf");
    files.acl = dir / "acl";
    files.passwd = dir / "passwd";
    files.guard = dir / "atlas-guard.so";
    files.limits = dir / "limits.json";
    files.server_certificate = dir / "certs/server.crt";
    files.server_key = dir / "certs/server.key";
    files.ca_certificate = dir / "certs/ca.crt";
    files.canary_password = read_text(dir / "canary.secret");
    files.canary_password.pop_back();
  }

  std::string complaint() const {
    const auto tried = try_files(broker.dir(), files);
    return tried ? "" : tried.error().what;
  }

  test_broker broker;
  trial_files files;
};

TEST_F(Trial, TakesRenderedFilesAndLeavesNothing) {
  EXPECT_EQ(complaint(), "");
  for (const auto& entry : std::filesystem::directory_iterator(broker.dir())) {
    EXPECT_THAT(entry.path().string(), Not(HasSubstr("trial")));
  }
}

TEST_F(Trial, RefusesRulesThatOpenTheBroker) {
  broker.options.guard.clear();
  render_files();
  write_text(files.acl, render_acl() + "pattern readwrite #\n");
  EXPECT_THAT(complaint(), HasSubstr("takes a foreign publish"));
}

TEST_F(Trial, RefusesAGuardThatDoesNotGuard) {
  write_text(files.acl, render_acl() + "pattern readwrite #\n");
  EXPECT_THAT(complaint(), HasSubstr("its own topic was refused")) << "it closes such a broker";
  write_text(files.acl, render_acl());
  write_text(files.guard, "rubbish");
  EXPECT_THAT(complaint(), HasSubstr("does not start"));
}

TEST_F(Trial, RefusesRulesThatMosquittoCannotRead) {
  write_text(files.acl, "pattern writ org/%u/metrics\n");
  EXPECT_THAT(complaint(), HasSubstr("does not start"));
}

TEST_F(Trial, RefusesRulesThatCloseTheBroker) {
  write_text(files.acl, "pattern write nothing/%u\n");
  EXPECT_THAT(complaint(), HasSubstr("its own topic was refused"));
}

TEST_F(Trial, RefusesSettingsThatMosquittoDoesNotKnow) {
  files.conf += "no_such_setting true\n";
  EXPECT_THAT(complaint(), HasSubstr("no_such_setting"));
}

TEST(TrialConf, KeepsEverySettingButThePlaces) {
  const trial_files files{
      render_conf({"/srv/broker", {"fleet.example.com", 8883}, {}, "/guard.so", "{}"}, "mosquitto"),
      "/new/acl",
      "/new/passwd",
      "/new/guard.so",
      "/new/limits.json",
      "/new/server.crt",
      "/new/server.key",
      "/new/ca.crt",
      true,
      ""};
  const auto text = trial_conf(files, 1234);
  EXPECT_THAT(text, HasSubstr("\nlistener 1234 127.0.0.1\n"));
  EXPECT_THAT(text, HasSubstr("\nacl_file /new/acl\n"));
  EXPECT_THAT(text, HasSubstr("\nplugin /new/guard.so\n"));
  EXPECT_THAT(text, HasSubstr("\nplugin_opt_acl_file /new/acl\n"));
  EXPECT_THAT(text, HasSubstr("\nplugin_opt_limits_file /new/limits.json\n"));
  EXPECT_THAT(text, HasSubstr("\npersistence false\n"));
  EXPECT_THAT(text, HasSubstr("\nuse_username_as_clientid true\n"));
  EXPECT_THAT(text, Not(HasSubstr("/srv/broker")));
}

}  // namespace
}  // namespace atlas::broker
