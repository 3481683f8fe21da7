#include "broker/account.hpp"
#include "broker/canary.hpp"
#include "broker/files.hpp"
#include "broker/running.hpp"
#include "test_broker.hpp"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace atlas::broker {
namespace {

using testing::HasSubstr;

const std::vector<credential> two_users{{"b", "two"}, {"a", "one"}};

std::map<std::string, std::string> texts_of(const std::filesystem::path& dir) {
  std::map<std::string, std::string> texts;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir)) {
    if (entry.is_regular_file()) texts[entry.path().lexically_relative(dir)] = read_text(entry.path());
  }
  return texts;
}

mode_t mode_of(const std::filesystem::path& file) {
  struct stat status{};
  stat(file.c_str(), &status);
  return status.st_mode & 07777;
}

uid_t owner_of(const std::filesystem::path& file) {
  struct stat status{};
  stat(file.c_str(), &status);
  return status.st_uid;
}

TEST(Render, WritesEverythingThatABrokerNeeds) {
  test_broker broker;
  const auto done = render(broker.options, two_users);
  ASSERT_TRUE(done) << done.error().where << done.error().what;
  EXPECT_TRUE(done->changed);
  EXPECT_EQ(done->users, 3U);  // and the canary
  for (const char* file : {"mosquitto.conf", "acl", "passwd", "canary.secret", "certs/ca.crt", "certs/ca.key",
                           "certs/server.crt", "certs/server.key"}) {
    EXPECT_NE(read_text(broker.dir() / file), "") << file;
  }
  EXPECT_THAT(read_text(broker.dir() / "passwd"), HasSubstr("\ncanary:$7$101$"));
}

TEST(Render, KeepsSecretsToTheirOwner) {
  test_broker broker;
  ASSERT_TRUE(render(broker.options, two_users));
  for (const char* file : {"acl", "passwd", "canary.secret", "certs/ca.key", "certs/server.key"}) {
    EXPECT_EQ(mode_of(broker.dir() / file), 0600U) << file;
  }
  EXPECT_EQ(mode_of(broker.dir() / "data"), 0700U);
  EXPECT_EQ(mode_of(broker.dir() / "certs/ca.crt"), 0644U);
}

TEST(Render, OfNothingNewIsByteIdentical) {
  test_broker broker;
  ASSERT_TRUE(render(broker.options, two_users));
  const auto before = texts_of(broker.dir());
  const auto again = render(broker.options, {two_users.rbegin(), two_users.rend()});
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->changed);
  EXPECT_EQ(texts_of(broker.dir()), before);
}

TEST(Render, ChangesOnlyThePasswordsForANewUser) {
  test_broker broker;
  ASSERT_TRUE(render(broker.options, two_users));
  const auto before = texts_of(broker.dir());
  ASSERT_TRUE(render(broker.options, {{"a", "one"}, {"b", "two"}, {"c", "three"}}));
  auto after = texts_of(broker.dir());
  EXPECT_NE(after["passwd"], before.at("passwd"));
  after["passwd"] = before.at("passwd");
  EXPECT_EQ(after, before);
}

TEST(Render, ThatFailsLeavesEverythingAsItWas) {
  test_broker broker;
  ASSERT_TRUE(render(broker.options, two_users));
  const auto before = texts_of(broker.dir());
  EXPECT_FALSE(render(broker.options, {{"a:b", "one"}}));
  auto unnamed = broker.options;
  unnamed.names = {"not a name"};
  EXPECT_FALSE(render(unnamed, {{"c", "three"}}));
  EXPECT_EQ(texts_of(broker.dir()), before);
}

TEST(Render, GivesRootsFilesToTheUserTheBrokerRunsAs) {
  const passwd* mosquitto = getpwnam("mosquitto");
  if (geteuid() != 0 || mosquitto == nullptr) GTEST_SKIP() << "needs root and the user mosquitto";
  const auto uid = mosquitto->pw_uid;
  test_broker broker(true);
  ASSERT_TRUE(render(broker.options, two_users));
  EXPECT_THAT(read_text(broker.dir() / "mosquitto.conf"), HasSubstr("\nuser mosquitto\n"));
  for (const char* file :
       {"acl", "passwd", "certs/server.key", "certs/server.crt", "data", "mosquitto.pid"}) {
    EXPECT_EQ(owner_of(broker.dir() / file), uid) << file;
  }
  for (const char* file : {".", "certs", "mosquitto.conf", "certs/ca.key", "canary.secret"}) {
    EXPECT_EQ(owner_of(broker.dir() / file), 0U) << file;
  }
}

TEST(Render, StaysRootWhereTheUserMosquittoCannotReach) {
  if (geteuid() != 0 || getpwnam("mosquitto") == nullptr) GTEST_SKIP() << "needs root and the user mosquitto";
  test_broker broker;
  ASSERT_TRUE(render(broker.options, two_users));
  EXPECT_THAT(read_text(broker.dir() / "mosquitto.conf"), HasSubstr("\nuser root\n"));
  EXPECT_EQ(owner_of(broker.dir() / "passwd"), 0U);
}

TEST(RunningBroker, IsNotAnyProcessThatHasItsNumber) {
  test_broker broker;
  ASSERT_TRUE(render(broker.options, two_users));
  EXPECT_FALSE(find_running(broker.dir()));
  for (const std::string text : {"", "rubbish", "1", "999999999", std::to_string(getpid()).c_str()}) {
    write_text(broker.dir() / "mosquitto.pid", text);
    EXPECT_FALSE(find_running(broker.dir())) << text;
  }
}

TEST(RunningBroker, OfAnotherFolderIsNotOurs) {
  test_broker broker;
  test_broker other;
  ASSERT_TRUE(render(broker.options, two_users));
  ASSERT_TRUE(render(other.options, two_users));
  broker.start();
  EXPECT_EQ(find_running(broker.dir()), broker.pid());
  write_text(other.dir() / "mosquitto.pid", std::to_string(broker.pid()));
  EXPECT_FALSE(find_running(other.dir()));
}

TEST(RunningBroker, HoldsItsPort) {
  test_broker broker;
  ASSERT_TRUE(render(broker.options, two_users));
  EXPECT_TRUE(check_port_is_free(broker.options.listener));
  broker.start();
  const auto taken = check_port_is_free(broker.options.listener);
  ASSERT_FALSE(taken);
  EXPECT_THAT(taken.error().what, HasSubstr("port " + std::to_string(broker.port()) + " is in use"));
  broker.stop();
  EXPECT_TRUE(check_port_is_free(broker.options.listener));
}

}  // namespace
}  // namespace atlas::broker
