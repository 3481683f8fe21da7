#include "tenants/registry.hpp"
#include "tests/unit/tenants/support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace atlas::tenants {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto now = from_unix_ms(1'764'000'000'000);
constexpr std::chrono::hours hour{1};
constexpr std::chrono::minutes minute{1};

class Sessions : public ::testing::Test {
 protected:
  Sessions() {
    EXPECT_TRUE(db_.add_user("anna", role::operator_, "first password", now));
    EXPECT_TRUE(db_.add_user("bert", role::viewer, "other password", now));
  }
  std::string log_in(std::string_view name, unix_ms at = now) {
    return db_.create_session(name, {"192.0.2.7", "Firefox"}, at).value();
  }
  std::vector<std::string> users_of(std::optional<std::string_view> of, unix_ms at = now) {
    std::vector<std::string> found;
    const auto sessions = db_.sessions(of, at).value();
    for (const auto& one : sessions) found.push_back(one.user);
    return found;
  }
  std::string id_of(std::string_view secret, unix_ms at = now) {
    return db_.find_session(secret, at).value()->id;
  }

  test::temporary_directory folder_;
  registry db_ = std::move(*registry::open(folder_.path() / "fleet.db"));
};

TEST_F(Sessions, TellWhoAndFromWhere) {
  const auto secret = log_in("ANNA");
  const auto found = db_.find_session(secret, now).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->user, "anna") << "as the administrator wrote it";
  EXPECT_EQ(found->user_role, role::operator_);
  EXPECT_EQ(found->added, now);
  EXPECT_EQ(found->seen, now);
  EXPECT_EQ(found->expires, now + 12 * hour);
  EXPECT_EQ(found->origin.address, "192.0.2.7");
  EXPECT_EQ(found->origin.agent, "Firefox");
  EXPECT_EQ(found->id.size(), 8U);
  EXPECT_FALSE(db_.find_session(found->id, now).value()) << "the id opens nothing";
  EXPECT_FALSE(db_.create_session("nobody", {}, now));
}

TEST_F(Sessions, KeepLittleAndHarmlessOfABrowsersOwnWords) {
  const auto secret =
      db_.create_session("anna", {"::1", "\x1b[2J\xc3\xa9" + std::string(5000, 'x')}, now).value();
  const auto agent = db_.find_session(secret, now).value()->origin.agent;
  EXPECT_EQ(agent.size(), 200U);
  EXPECT_THAT(agent, ::testing::StartsWith("?[2J??xxx"));
}

TEST_F(Sessions, RunIdleAfterTwoHours) {
  const auto secret = log_in("anna");
  EXPECT_TRUE(db_.find_session(secret, now + 2 * hour - minute).value());
  EXPECT_FALSE(db_.find_session(secret, now + 2 * hour).value());
  EXPECT_TRUE(users_of({}, now + 2 * hour).empty());
  ASSERT_TRUE(db_.touch_session(id_of(secret), now + hour));
  EXPECT_TRUE(db_.find_session(secret, now + 2 * hour).value());
  ASSERT_TRUE(db_.touch_session(id_of(secret), now)) << "late news";
  EXPECT_FALSE(db_.find_session(secret, now + 3 * hour).value());
}

TEST_F(Sessions, EndAfterTwelveHoursHoweverBusy) {
  const auto secret = log_in("anna");
  const auto id = id_of(secret);
  for (auto at = now; at < now + 13 * hour; at += hour) ASSERT_TRUE(db_.touch_session(id, at));
  EXPECT_TRUE(db_.find_session(secret, now + 12 * hour - minute).value());
  EXPECT_FALSE(db_.find_session(secret, now + 12 * hour).value());
}

TEST_F(Sessions, AreForgottenWhenTheyHaveRunOut) {
  const auto first = log_in("anna");
  log_in("bert", now + 3 * hour);
  EXPECT_FALSE(db_.find_session(first, now).value());
}

TEST_F(Sessions, AreListedForAllOrForOne) {
  log_in("anna");
  log_in("bert", now + minute);
  EXPECT_THAT(users_of({}, now + minute), ElementsAre("bert", "anna"));
  EXPECT_THAT(users_of("Anna"), ElementsAre("anna"));
  EXPECT_TRUE(users_of("carl").empty());
}

TEST_F(Sessions, AreEndedByThemselvesByTheirIdOrAllOfAUser) {
  const auto first = log_in("anna");
  const auto second = log_in("anna");
  const auto third = log_in("anna");
  const auto berts = log_in("bert");
  ASSERT_TRUE(db_.end_session(first));
  EXPECT_FALSE(db_.find_session(first, now).value());
  EXPECT_FALSE(db_.end_session_of_id(id_of(second), "bert").value()) << "it is not his";
  EXPECT_TRUE(db_.end_session_of_id(id_of(second), "anna").value());
  EXPECT_FALSE(db_.end_session_of_id("00000000", std::nullopt).value());
  EXPECT_FALSE(db_.find_session(second, now).value());
  EXPECT_EQ(db_.end_sessions("anna").value(), 1U);
  EXPECT_FALSE(db_.find_session(third, now).value());
  EXPECT_TRUE(db_.end_session_of_id(id_of(berts), std::nullopt).value());
  EXPECT_TRUE(users_of({}).empty());
}

TEST_F(Sessions, AreAHundredOfAUserAtMost) {
  const auto first = log_in("anna");
  const auto berts = log_in("bert");
  for (int i = 1; i <= registry::max_sessions; ++i) log_in("anna", now + std::chrono::milliseconds(i));
  EXPECT_EQ(users_of("anna").size(), static_cast<std::size_t>(registry::max_sessions));
  EXPECT_FALSE(db_.find_session(first, now).value()) << "the one seen least lately";
  EXPECT_TRUE(db_.find_session(berts, now).value());
}

}  // namespace

}  // namespace atlas::tenants
