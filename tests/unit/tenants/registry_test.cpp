#include "tenants/registry.hpp"

#include "tests/unit/tenants/support.hpp"

#include <set>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace atlas::tenants {

namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr auto now = from_unix_ms(1'764'000'000'000);
constexpr std::chrono::hours hour{1};

class Registry : public ::testing::Test {
 protected:
  std::filesystem::path file() const { return folder_.path() / "fleet.db"; }
  registry open() const {
    auto opened = registry::open(file());
    if (!opened) throw std::runtime_error(opened.error().where + ": " + opened.error().what);
    return std::move(*opened);
  }
  static host_id host(std::string_view text) { return host_id::parse(text).value(); }

  test::temporary_directory folder_;
};

TEST_F(Registry, IsForItsOwnerOnly) {
  auto db = open();
  ASSERT_TRUE(db.add_host(host("web-1"), now));
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    EXPECT_EQ(test::mode_of(entry.path()), 0600U) << entry.path();
  }
}

TEST_F(Registry, NarrowsAFileThatOthersCanRead) {
  {
    auto db = open();
  }
  std::filesystem::permissions(file(), std::filesystem::perms(0644));
  auto db = open();
  EXPECT_EQ(test::mode_of(file()), 0600U);
}

TEST_F(Registry, KeepsHosts) {
  {
    auto db = open();
    EXPECT_EQ(db.add_host(host("web-2"), now).value().generation, 1U);
    EXPECT_EQ(db.add_host(host("web-1"), now).value().generation, 1U);
    EXPECT_THAT(db.add_host(host("web-1"), now).error().what, HasSubstr("already"));
  }
  auto db = open();
  const auto hosts = db.hosts().value();
  ASSERT_EQ(hosts.size(), 2U);
  EXPECT_EQ(hosts[0].id, host("web-1"));
  EXPECT_EQ(hosts[0].added, now);
  EXPECT_TRUE(db.host(host("web-2")).value());
  EXPECT_FALSE(db.host(host("web-3")).value());
}

TEST_F(Registry, NeverGivesARevokedHostItsOldPasswordAgain) {
  auto db = open();
  ASSERT_TRUE(db.add_host(host("web-1"), now));
  EXPECT_TRUE(db.revoke_host(host("web-1")).value());
  EXPECT_FALSE(db.revoke_host(host("web-1")).value());
  EXPECT_TRUE(db.hosts().value().empty());
  EXPECT_FALSE(db.host(host("web-1")).value());
  EXPECT_EQ(db.add_host(host("web-1"), now + hour).value().generation, 2U);
  EXPECT_EQ(db.host(host("web-1")).value()->generation, 2U);
  EXPECT_EQ(db.host(host("web-1")).value()->added, now + hour);
}

TEST_F(Registry, KeepsNotesAndTagsUntilTheHostIsRevoked) {
  auto db = open();
  ASSERT_TRUE(db.add_host(host("web-1"), now));
  const auto before = db.host_revision().value();
  EXPECT_TRUE(
      db.label_host(host("web-1"), {"rack 3\nleft", std::vector<std::string>{"office", "third floor"}})
          .value());
  EXPECT_NE(db.host_revision().value(), before);
  EXPECT_TRUE(db.label_host(host("web-1"), {"rack 4", {}}).value());
  const host_label kept{"rack 4", {"office", "third floor"}};
  EXPECT_EQ(open().host(host("web-1")).value()->label, kept);
  EXPECT_EQ(open().hosts().value().at(0).label, kept);
  EXPECT_EQ(db.audit({}, 10).value().at(0).action, "host.note");
  EXPECT_FALSE(db.label_host(host("nobody"), {"x", {}}).value());
  ASSERT_TRUE(db.revoke_host(host("web-1")).value());
  EXPECT_FALSE(db.label_host(host("web-1"), {"x", {}}).value());
  EXPECT_EQ(db.add_host(host("web-1"), now).value().label, host_label{});
}

TEST_F(Registry, VerifiesPasswords) {
  auto db = open();
  ASSERT_TRUE(db.add_user("admin", role::admin, "correct horse battery", now));
  const auto right = db.verify_password("admin", "correct horse battery").value();
  ASSERT_TRUE(right);
  EXPECT_EQ(right->name, "admin");
  EXPECT_EQ(right->user_role, role::admin);
  EXPECT_TRUE(db.verify_password("Admin", "correct horse battery").value());
  EXPECT_FALSE(db.verify_password("admin", "correct horse batterY").value());
  EXPECT_FALSE(db.verify_password("admin", "").value());
  EXPECT_FALSE(db.verify_password("nobody", "correct horse battery").value());
  EXPECT_FALSE(db.verify_password("' OR 1=1 --", "x").value());
}

TEST_F(Registry, StoresNoSecret) {
  std::string token;
  std::string secret;
  {
    auto db = open();
    ASSERT_TRUE(db.add_user("admin", role::admin, "correct horse battery", now));
    token = db.create_api_token("ci", role::viewer, std::nullopt, now).value();
    secret = db.create_session("admin", {}, now).value();
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    const auto bytes = test::read_text(entry.path());
    EXPECT_THAT(bytes, Not(HasSubstr("correct horse battery")));
    EXPECT_THAT(bytes, Not(HasSubstr(token.substr(4))));
    EXPECT_THAT(bytes, Not(HasSubstr(secret)));
  }
  EXPECT_THAT(test::read_text(file()), HasSubstr("$argon2id$v=19$m=65536,t=2,p=1$"));
}

TEST_F(Registry, RefusesBadNamesAndShortPasswords) {
  auto db = open();
  EXPECT_EQ(db.add_user("", role::admin, "long enough", now).error().where, "name");
  EXPECT_EQ(db.add_user("a b", role::admin, "long enough", now).error().where, "name");
  EXPECT_EQ(db.add_user(std::string(65, 'a'), role::admin, "long enough", now).error().where, "name");
  EXPECT_EQ(db.add_user("admin", role::admin, "short", now).error().where, "password");
  ASSERT_TRUE(db.add_user("anna@example.com", role::viewer, "long enough", now));
  EXPECT_THAT(db.add_user("Anna@Example.com", role::viewer, "long enough", now).error().what,
              HasSubstr("already"));
  EXPECT_EQ(db.users().value().size(), 1U);
}

TEST_F(Registry, AChangedPasswordEndsTheUsersSessions) {
  auto db = open();
  ASSERT_TRUE(db.add_user("anna", role::viewer, "first password", now));
  ASSERT_TRUE(db.add_user("bert", role::viewer, "other password", now));
  const auto annas = db.create_session("anna", {}, now).value();
  const auto berts = db.create_session("bert", {}, now).value();
  EXPECT_TRUE(db.set_password("anna", "second password").value());
  EXPECT_FALSE(db.set_password("carl", "second password").value());
  EXPECT_FALSE(db.find_session(annas, now).value());
  EXPECT_TRUE(db.find_session(berts, now).value());
  EXPECT_FALSE(db.verify_password("anna", "first password").value());
  EXPECT_TRUE(db.verify_password("anna", "second password").value());
}

TEST_F(Registry, ARemovedUserIsOut) {
  auto db = open();
  ASSERT_TRUE(db.add_user("anna", role::viewer, "first password", now));
  const auto secret = db.create_session("anna", {}, now).value();
  EXPECT_TRUE(db.remove_user("anna").value());
  EXPECT_FALSE(db.remove_user("anna").value());
  EXPECT_FALSE(db.find_session(secret, now).value());
  EXPECT_FALSE(db.verify_password("anna", "first password").value());
}

TEST_F(Registry, FindsTokensUntilTheyExpireOrAreRevoked) {
  auto db = open();
  const auto lasting = db.create_api_token("prometheus", role::viewer, std::nullopt, now).value();
  const auto brief = db.create_api_token("", role::admin, now + hour, now).value();
  EXPECT_THAT(lasting, MatchesRegex("afa_[A-Za-z0-9_-]{43}"));
  EXPECT_NE(lasting, brief);
  ASSERT_TRUE(db.find_api_token(brief, now).value());
  EXPECT_EQ(db.find_api_token(brief, now).value()->token_role, role::admin);
  EXPECT_FALSE(db.find_api_token(brief, now + hour).value());
  EXPECT_FALSE(db.find_api_token(lasting + "x", now).value());
  EXPECT_FALSE(db.find_api_token("", now).value());
  const auto found = db.find_api_token(lasting, now + 1000 * hour).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->label, "prometheus");
  EXPECT_FALSE(found->expires);
  EXPECT_EQ(db.api_tokens().value().size(), 2U);
  EXPECT_TRUE(db.revoke_token(found->id).value());
  EXPECT_FALSE(db.revoke_token(found->id).value());
  EXPECT_FALSE(db.find_api_token(lasting, now).value());
}

TEST_F(Registry, IsChangedThroughTwoConnectionsAtOnce) {
  constexpr int count = 25;
  const auto add = [this](const char* prefix) {
    auto db = open();
    for (int i = 0; i < count; ++i) {
      ASSERT_TRUE(db.add_host(host(prefix + std::to_string(i)), now));
    }
  };
  std::thread one(add, "a-");
  std::thread two(add, "b-");
  one.join();
  two.join();
  EXPECT_EQ(open().hosts().value().size(), 2U * count);
}

TEST_F(Registry, SeesWhatAnotherConnectionWrites) {
  auto service = open();
  auto command = open();
  const auto token = command.create_api_token("", role::viewer, std::nullopt, now).value();
  ASSERT_TRUE(service.find_api_token(token, now).value());
  const auto id = service.api_tokens().value()[0].id;
  ASSERT_TRUE(command.revoke_token(id).value());
  EXPECT_FALSE(service.find_api_token(token, now).value());
}

// Without its lock on the file, the next process that closes the file deletes the log of those who are still
// there.
TEST_F(Registry, KeepsItsLockWhenTheSameProcessOpensItAgain) {
  auto first = open();
  ASSERT_TRUE(first.add_host(host("web-1"), now));
  auto second = open();
  const int descriptor = ::open(file().c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(descriptor, 0);
  // A lock of an open file description conflicts with the classic locks of its own process.
  struct flock wanted{};
  wanted.l_type = F_WRLCK;
  wanted.l_whence = SEEK_SET;
  ASSERT_EQ(::fcntl(descriptor, F_OFD_GETLK, &wanted), 0);
  EXPECT_NE(wanted.l_type, F_UNLCK);
  ::close(descriptor);
}

TEST_F(Registry, TellsThatItCannotBeWritten) {
  auto db = open();
  EXPECT_TRUE(db.check_writable());
  SQLite::Database other(file().string(), SQLite::OPEN_READWRITE);
  SQLite::Transaction writing(other, SQLite::TransactionBehavior::IMMEDIATE);
  const auto locked = db.check_writable();
  ASSERT_FALSE(locked);
  EXPECT_EQ(locked.error().where, file().string());
  EXPECT_THAT(locked.error().what, HasSubstr("locked"));
}

TEST_F(Registry, RefusesAFileOfANewerVersionAndAFileThatIsNone) {
  {
    auto db = open();
  }
  SQLite::Database(file().string(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 99");
  const auto newer = registry::open(file());
  ASSERT_FALSE(newer);
  EXPECT_THAT(newer.error().what, HasSubstr("newer"));
  const auto text = folder_.path() / "text.db";
  test::write_text(text, "this is not a database, but long enough to be looked at as one by SQLite");
  EXPECT_FALSE(registry::open(text));
  EXPECT_FALSE(registry::open("/nonexistent/fleet.db"));
}

constexpr auto make_token = [](std::uint32_t number) { return "aft_" + std::to_string(number); };

TEST_F(Registry, EnrolsHostsForAToken) {
  auto db = open();
  const auto [id, token] = db.create_enrollment_token({"laptops", now + hour, 2}, make_token, now).value();
  EXPECT_EQ(token, "aft_1");
  EXPECT_EQ(db.enrollment_tokens().value().at(0).id, id);
  using outcome = enrollment::outcome;
  const auto first = db.enroll_host(token, host("web-1"), now).value();
  EXPECT_EQ(first.what, outcome::enrolled);
  EXPECT_EQ(first.host.value().generation, 1U);
  const auto again = db.enroll_host(token, host("web-1"), now).value();
  EXPECT_EQ(again.what, outcome::host_known);
  EXPECT_EQ(again.host.value().generation, 1U);
  EXPECT_EQ(db.enrollment_tokens().value().at(0).uses, 1U) << "a refusal is no use";
  EXPECT_EQ(db.enroll_host(token, host("web-2"), now).value().what, outcome::enrolled);
  EXPECT_EQ(db.enroll_host(token, host("web-3"), now).value().what, outcome::token_not_valid) << "used up";
  EXPECT_FALSE(db.host(host("web-3")).value());
}

TEST_F(Registry, TakesATokenOnlyWhileItIsValid) {
  auto db = open();
  using outcome = enrollment::outcome;
  EXPECT_EQ(db.enroll_host("aft_1", host("web-1"), now).value().what, outcome::token_not_valid);
  EXPECT_FALSE(db.create_enrollment_token({"", now, std::nullopt}, make_token, now));
  ASSERT_TRUE(db.create_enrollment_token({"", now + hour, std::nullopt}, make_token, now));
  EXPECT_EQ(db.enroll_host("aft_1", host("web-1"), now + hour).value().what, outcome::token_not_valid);
  EXPECT_EQ(db.enroll_host("aft_1", host("web-1"), now).value().what, outcome::enrolled);
  EXPECT_TRUE(db.revoke_token(db.enrollment_tokens().value().at(0).id).value());
  EXPECT_EQ(db.enroll_host("aft_1", host("web-2"), now).value().what, outcome::token_not_valid);
  EXPECT_TRUE(db.enrollment_tokens().value().empty());
  EXPECT_EQ(db.create_enrollment_token({"", now + hour, std::nullopt}, make_token, now).value().secret,
            "aft_2")
      << "no number is used twice";
}

TEST_F(Registry, LetsAKnownHostEnrolAgainOnlyOnAnAdministratorsWord) {
  auto db = open();
  using outcome = enrollment::outcome;
  ASSERT_TRUE(db.create_enrollment_token({"", now + hour, std::nullopt}, make_token, now));
  ASSERT_TRUE(db.add_host(host("web-1"), now));
  EXPECT_EQ(db.enroll_host("aft_1", host("web-1"), now).value().what, outcome::host_known);
  ASSERT_TRUE(db.revoke_host(host("web-1")).value());
  const auto revoked = db.enroll_host("aft_1", host("web-1"), now).value();
  EXPECT_EQ(revoked.what, outcome::host_known);
  EXPECT_FALSE(revoked.host) << "its old password is worth nothing";
  EXPECT_TRUE(db.readmit_host(host("web-1")).value());
  EXPECT_FALSE(db.readmit_host(host("web-2")).value());
  const auto back = db.enroll_host("aft_1", host("web-1"), now).value();
  EXPECT_EQ(back.what, outcome::enrolled);
  EXPECT_EQ(back.host.value().generation, 2U);
  EXPECT_EQ(db.enroll_host("aft_1", host("web-1"), now).value().what, outcome::host_known) << "once";
}

TEST_F(Registry, TellsThatAHostHasChanged) {
  auto db = open();
  auto other = open();
  auto last = other.host_revision().value();
  const auto changes = [&] {
    const auto present = other.host_revision().value();
    return std::exchange(last, present) != present;
  };
  ASSERT_TRUE(db.add_host(host("web-1"), now));
  EXPECT_TRUE(changes());
  ASSERT_TRUE(db.add_user("alice", role::viewer, "correct horse", now));
  EXPECT_FALSE(changes());
  ASSERT_TRUE(db.revoke_host(host("web-1")));
  EXPECT_TRUE(changes());
}

}  // namespace

}  // namespace atlas::tenants
