#include "agent/passwords.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <gtest/gtest.h>

namespace atlas::agent {
namespace {

class Passwords : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "atlas-agent-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string file() const { return folder_ / "passwords.json"; }
  passwords open(std::string configured = "first") const { return {std::move(configured), file()}; }

  std::filesystem::path folder_;
};

TEST_F(Passwords, BeginWithTheConfiguredOne) {
  auto known = open();
  EXPECT_EQ(known.present(), "first");
  EXPECT_FALSE(known.refused()) << "there is no other";
  EXPECT_EQ(known.present(), "first");
  EXPECT_FALSE(known.worked());
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(Passwords, TryTheNewestFirstAndTheOthersWhenItIsRefused) {
  auto known = open();
  ASSERT_TRUE(known.add("second"));
  EXPECT_EQ(known.present(), "first") << "until the connection ends";
  known.start_over();
  EXPECT_EQ(known.present(), "second");
  EXPECT_TRUE(known.refused());
  EXPECT_EQ(known.present(), "first");
  EXPECT_FALSE(known.worked()) << "the newest may still come to count";
  known.start_over();
  EXPECT_EQ(known.present(), "second");
}

TEST_F(Passwords, ForgetTheOthersOnlyWhenTheNewestHasWorked) {
  {
    auto known = open();
    ASSERT_TRUE(known.add("second"));
  }
  EXPECT_EQ(std::filesystem::status(file()).permissions(), std::filesystem::perms(0600));
  {
    auto after_restart = open();
    EXPECT_EQ(after_restart.present(), "second");
    EXPECT_TRUE(after_restart.refused());
    EXPECT_EQ(after_restart.present(), "first");
    after_restart.start_over();
    EXPECT_TRUE(after_restart.worked());
  }
  auto later = open();
  EXPECT_EQ(later.present(), "second");
  EXPECT_FALSE(later.refused());
}

TEST_F(Passwords, StayFewAndKeepTheOneInUse) {
  auto known = open();
  for (const auto* next : {"second", "third", "fourth", "fifth"}) ASSERT_TRUE(known.add(next));
  EXPECT_EQ(known.present(), "first");
  known.start_over();
  EXPECT_EQ(known.present(), "fifth");
  EXPECT_TRUE(known.refused());
  EXPECT_EQ(known.present(), "first") << "it was in use last";
  EXPECT_TRUE(known.refused());
  EXPECT_EQ(known.present(), "fourth");
  EXPECT_FALSE(known.refused());
}

TEST_F(Passwords, TakeTheSameOneTwice) {
  auto known = open();
  ASSERT_TRUE(known.add("second"));
  ASSERT_TRUE(known.add("second"));
  EXPECT_EQ(known.present(), "first");
  known.start_over();
  ASSERT_TRUE(known.add("second")) << "it is in use itself";
  EXPECT_EQ(known.present(), "second");
}

TEST_F(Passwords, GiveWayToAConfigurationThatIsWrittenAnew) {
  {
    auto known = open();
    ASSERT_TRUE(known.add("second"));
  }
  EXPECT_EQ(open("another").present(), "another");
}

TEST_F(Passwords, OfADamagedFileCountForNothing) {
  for (const auto* text : {"", "{}", "[]", R"({"configured_sha256":"x","passwords":["y"]})", "\xff"}) {
    std::ofstream(file()) << text;
    EXPECT_EQ(open().present(), "first") << text;
  }
}

TEST_F(Passwords, ThatCannotBeKeptAreRefused) {
  passwords nowhere("first", "");
  EXPECT_FALSE(nowhere.add("second"));
  nowhere.start_over();
  EXPECT_EQ(nowhere.present(), "first");
  std::filesystem::create_directory(file());
  auto blocked = open();
  EXPECT_FALSE(blocked.add("second"));
  blocked.start_over();
  EXPECT_EQ(blocked.present(), "first");
}

TEST_F(Passwords, AreInTheStateDirectoryOrBesideTheConfiguration) {
  EXPECT_EQ(passwords_file("/var/lib/a:/var/lib/b", "/etc/c.json", "org", "h1"),
            "/var/lib/a/passwords-org-h1.json");
  EXPECT_EQ(passwords_file("", "/etc/agent/c.json", "org", "h1"), "/etc/agent/passwords-org-h1.json");
  EXPECT_EQ(passwords_file("", "c.json", "org", "h1"), "./passwords-org-h1.json");
  EXPECT_EQ(passwords_file("", "", "org", "h1"), "");
}

}  // namespace
}  // namespace atlas::agent
