#include "broker/files.hpp"
#include "deadline.hpp"
#include "test_broker.hpp"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace atlas::broker {
namespace {

using testing::HasSubstr;

constexpr int bad_credentials = 134;
constexpr int not_authorized = 135;

const std::string alices = "org/aaaaaaaa-0000-4000-8000-00000000000a/";  // topics
const std::string bobs = "org/bbbbbbbb-0000-4000-8000-00000000000b/";
const credential alice{"aaaaaaaa-0000-4000-8000-00000000000a", "first"};
const credential bob{"bbbbbbbb-0000-4000-8000-00000000000b", "second"};

class Apply : public testing::Test {
 protected:
  void start(const std::vector<credential>& credentials) {
    const auto done = render(broker.options, credentials);
    ASSERT_TRUE(done) << done.error().where << done.error().what;
    broker.start();
  }
  void must_apply(const std::vector<credential>& credentials) {
    const auto done = atlas::broker::apply(broker.options, credentials);
    ASSERT_TRUE(done) << done.error().where << ": " << done.error().what;
    EXPECT_TRUE(done->running);
    EXPECT_TRUE(done->canary_refused);
  }
  mqtt_user user(const credential& login) { return {broker.port(), broker.ca_file(), login}; }
  int login(const credential& who) { return user(who).connect(); }

  test_broker broker;
};

TEST_F(Apply, WithoutABrokerOnlyRenders) {
  const auto done = atlas::broker::apply(broker.options, {alice});
  ASSERT_TRUE(done);
  EXPECT_FALSE(done->running);
  EXPECT_NE(read_text(broker.dir() / "passwd"), "");
}

TEST_F(Apply, LetsANewUserInAndLeavesTheOthersAlone) {
  start({alice});
  auto first = user(alice);
  ASSERT_EQ(first.connect(), 0);
  EXPECT_NE(login(bob), 0);
  must_apply({alice, bob});
  EXPECT_EQ(login(bob), 0);
  EXPECT_LT(first.publish(alices + "summary"), 128);
  EXPECT_TRUE(first.is_connected());
}

TEST_F(Apply, ThrowsARemovedUserOut) {
  start({alice, bob});
  auto gone = user(bob);
  auto stays = user(alice);
  ASSERT_EQ(gone.connect(), 0);
  ASSERT_EQ(stays.connect(), 0);
  must_apply({alice});
  EXPECT_TRUE(eventually([&] { return !gone.is_connected(); }));
  EXPECT_TRUE(stays.is_connected());
  EXPECT_THAT(login(bob), testing::AnyOf(bad_credentials, not_authorized));
}

TEST_F(Apply, ChangesAPassword) {
  start({alice});
  must_apply({{alice.user, "another"}});
  EXPECT_NE(login(alice), 0);
  EXPECT_EQ(login({alice.user, "another"}), 0);
}

TEST_F(Apply, MendsRulesThatWereDamagedOnTheDisk) {
  start({alice});
  write_text(broker.dir() / "acl", "pattern readwrite #\n");
  must_apply({alice});
  auto someone = user(alice);
  ASSERT_EQ(someone.connect(), 0);
  EXPECT_EQ(someone.publish(bobs + "metrics"), not_authorized);
}

TEST_F(Apply, ThatFailsNeitherWritesNorReloads) {
  start({alice});
  const auto secret = read_text(broker.dir() / "canary.secret");
  const auto passwords = read_text(broker.dir() / "passwd");
  EXPECT_FALSE(atlas::broker::apply(broker.options, {alice, {"x:y", "z"}}));
  std::filesystem::remove(broker.dir() / "certs/ca.key");
  write_text(broker.dir() / "certs/server.key", "rubbish");
  EXPECT_FALSE(atlas::broker::apply(broker.options, {alice, bob}));
  EXPECT_EQ(read_text(broker.dir() / "canary.secret"), secret);
  EXPECT_EQ(read_text(broker.dir() / "passwd"), passwords);
  const auto still = check_running(broker.options);
  EXPECT_TRUE(still) << still.error().what << broker.log();
  EXPECT_NE(login(bob), 0);
}

TEST_F(Apply, RenewsTheCertificateOfARunningBroker) {
  start({alice});
  broker.options.names = {"new.example.com"};
  must_apply({alice});
  EXPECT_EQ(login(alice), 0);
  EXPECT_THAT(check_files(broker.options).seen.certificates.server_names,
              testing::Contains("new.example.com"));
}

TEST_F(Apply, SaysThatAnotherPortNeedsARestart) {
  start({alice});
  broker.options.listener.port = free_port();
  const auto done = atlas::broker::apply(broker.options, {alice, bob});
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().what, HasSubstr("stop it and start it again"));
}

TEST_F(Apply, KeepsQueuedMessagesAndRetainedOnesOverARestart) {
  start({alice});
  auto writer = user(alice);
  ASSERT_EQ(writer.connect(), 0);
  ASSERT_LT(writer.publish(alices + "alerts/h/cpu", "kept", true), 128);
  broker.stop();
  broker.start();
  auto reader = user(alice);
  ASSERT_EQ(reader.connect(), 0);
  ASSERT_TRUE(reader.subscribe(alices + "alerts/#"));
  EXPECT_EQ(reader.messages_until(alices + "alerts/h/cpu", "kept").size(), 1U);
}

TEST(ApplyAsRoot, ReloadsABrokerThatGaveUpRootsRights) {
  const passwd* mosquitto = getpwnam("mosquitto");
  if (geteuid() != 0 || mosquitto == nullptr) GTEST_SKIP() << "needs root and the user mosquitto";
  test_broker broker(true);
  ASSERT_TRUE(render(broker.options, {alice}));
  broker.start();
  struct stat process{};
  stat(("/proc/" + std::to_string(broker.pid())).c_str(), &process);
  EXPECT_EQ(process.st_uid, mosquitto->pw_uid);
  const auto done = atlas::broker::apply(broker.options, {alice, bob});
  ASSERT_TRUE(done) << done.error().what;
  EXPECT_TRUE(done->canary_refused);
}

TEST(ApplyAsRoot, RefusesFilesThatTheRunningBrokerCouldNotRead) {
  if (geteuid() != 0 || getpwnam("mosquitto") == nullptr) GTEST_SKIP() << "needs root and the user mosquitto";
  test_broker broker(true);
  ASSERT_TRUE(render(broker.options, {alice}));
  broker.start();
  chmod(broker.dir().parent_path().c_str(), 0700);
  const auto done = atlas::broker::apply(broker.options, {alice, bob});
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().what, HasSubstr("could not read"));
  chmod(broker.dir().parent_path().c_str(), 0711);
  const auto still = check_running(broker.options);
  EXPECT_TRUE(still) << still.error().what << broker.log();
}

}  // namespace
}  // namespace atlas::broker
