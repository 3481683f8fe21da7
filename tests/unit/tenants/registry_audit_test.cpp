#include "tenants/registry.hpp"
#include "tests/unit/tenants/support.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace atlas::tenants {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto now = from_unix_ms(1'764'000'000'000);
constexpr std::chrono::hours hour{1};

class Audit : public ::testing::Test {
 protected:
  std::filesystem::path file() const { return folder_.path() / "fleet.db"; }
  // "ann@192.0.2.7 user.add bert (viewer): done", the newest first.
  std::vector<std::string> rows(std::size_t limit = 1000) {
    std::vector<std::string> shown;
    const auto found = db_.audit(std::nullopt, limit).value();
    for (const auto& one : found) {
      shown.push_back(one.by.name + "@" + one.by.from + " " + one.action + " " + one.object + ": " +
                      one.outcome);
    }
    return shown;
  }

  test::temporary_directory folder_;
  registry db_ = std::move(*registry::open(folder_.path() / "fleet.db", {"root", "command line"}));
};

TEST_F(Audit, SaysWhoChangedWhatFromWhere) {
  ASSERT_TRUE(db_.add_user("ann", role::admin, "first password", now));
  {
    const auto as = db_.acting_as({"ann", "192.0.2.7"});
    ASSERT_TRUE(db_.add_user("bert", role::viewer, "other password", now));
    ASSERT_TRUE(db_.set_role("bert", role::operator_).value());
    EXPECT_FALSE(db_.add_user("bert", role::viewer, "other password", now));
    EXPECT_FALSE(db_.remove_user("carl").value());
  }
  ASSERT_TRUE(db_.add_host(host_id::parse("web-1").value(), now));
  ASSERT_TRUE(db_.revoke_host(host_id::parse("web-1").value()).value());
  EXPECT_THAT(rows(), ElementsAre("root@command line host.revoke web-1: done",
                                  "root@command line host.add web-1: done",
                                  "ann@192.0.2.7 user.remove carl: not found",
                                  "ann@192.0.2.7 user.add bert (viewer): refused",
                                  "ann@192.0.2.7 user.role bert (operator): done",
                                  "ann@192.0.2.7 user.add bert (viewer): done",
                                  "root@command line user.add ann (admin): done"));
}

TEST_F(Audit, NamesTokensByTheirIdAndNeverBySecret) {
  const auto token = db_.create_api_token("ci", role::viewer, std::nullopt, now).value();
  const auto id = db_.api_tokens().value().at(0).id;
  EXPECT_FALSE(db_.revoke_token(token).value()) << "a secret given for an id";
  EXPECT_TRUE(db_.revoke_token(id).value());
  EXPECT_THAT(rows(), ElementsAre("root@command line token.revoke " + id + ": done",
                                  "root@command line token.revoke no id: not found",
                                  "root@command line token.create " + id + " (viewer): done"));
}

TEST_F(Audit, TellsLoginsAndThoseThatWereRefused) {
  ASSERT_TRUE(db_.add_user("ann", role::admin, "first password", now));
  const auto as = db_.acting_as({"a stranger", "192.0.2.7"});
  ASSERT_TRUE(db_.record_refused_login("ann"));
  ASSERT_TRUE(db_.record_refused_login("my secret password"));
  ASSERT_TRUE(db_.create_session("ann", {"192.0.2.7", ""}, now));
  const auto shown = rows(3);
  EXPECT_THAT(shown[0], HasSubstr("login session"));
  EXPECT_THAT(shown[1], HasSubstr("login an unknown name: refused")) << "it may be a password";
  EXPECT_THAT(shown[2], HasSubstr("login ann: refused"));
}

TEST_F(Audit, IsNotFloodedByRefusals) {
  for (int address = 0; address < 30; ++address) {
    const auto as = db_.acting_as({"a stranger", "192.0.2." + std::to_string(address)});
    for (int i = 0; i < 30; ++i) ASSERT_TRUE(db_.record_refused_login("ann"));
  }
  EXPECT_LE(rows(10'000).size(), 201U);
  ASSERT_TRUE(db_.add_user("ann", role::admin, "first password", now));
  EXPECT_THAT(rows(1), ElementsAre("root@command line user.add ann (admin): done"));
}

TEST_F(Audit, RecordsWhatIsChangedOutsideTheStore) {
  EXPECT_TRUE(db_.recorded("org.set", "alerts.enabled", [] { return result<void>{}; }));
  const auto failed =
      db_.recorded("org.set", "alerts.enabled", []() -> result<void> { return failure("file", "full"); });
  EXPECT_EQ(failed.error().what, "full");
  EXPECT_THAT(rows(), ElementsAre("root@command line org.set alerts.enabled: refused",
                                  "root@command line org.set alerts.enabled: done"));
}

TEST_F(Audit, CannotBeChangedOrDeleted) {
  ASSERT_TRUE(db_.add_user("ann", role::admin, "first password", now));
  SQLite::Database store(file().string(), SQLite::OPEN_READWRITE);
  for (const auto* attack :
       {"UPDATE audit SET who = 'nobody'", "DELETE FROM audit", "DELETE FROM audit WHERE id = 1",
        "INSERT OR REPLACE INTO audit SELECT id, kind, number, at, 'nobody', origin, action, object, outcome "
        "FROM audit",
        "REPLACE INTO audit (kind, number, at, who, origin, action, object, outcome) VALUES (0, 1, 0, '', "
        "'', '', '', '')",
        "INSERT INTO audit (kind, number, at, who, origin, action, object, outcome) VALUES (0, 200000, 0, "
        "'', '', '', '', '')"}) {
    EXPECT_THROW(store.exec(attack), SQLite::Exception) << attack;
  }
  EXPECT_THAT(rows(), ElementsAre("root@command line user.add ann (admin): done"));
}

TEST_F(Audit, KeepsTheNewestOfEachKind) {
  SQLite::Database store(file().string(), SQLite::OPEN_READWRITE);
  const auto fill = [&store](int kind, int count) {
    SQLite::Transaction transaction(store);
    SQLite::Statement row(
        store,
        "INSERT INTO audit (kind, number, at, who, origin, action, object, outcome) SELECT ?1, "
        "coalesce((SELECT max(number) FROM audit WHERE kind = ?1), 0) + 1, 0, '', '', 'x', '', 'done'");
    row.bind(1, kind);
    for (int i = 0; i < count; ++i) {
      row.exec();
      row.reset();
    }
    transaction.commit();
  };
  fill(0, 10);
  fill(1, 100'010);
  const auto count = [&store](const char* kind) {
    return store.execAndGet(std::string("SELECT count(*) FROM audit WHERE kind = ") + kind).getInt();
  };
  EXPECT_EQ(count("1"), 100'000);
  EXPECT_EQ(count("0"), 10) << "logins push out no changes";
}

TEST_F(Audit, TheLastAdministratorStaysOne) {
  ASSERT_TRUE(db_.add_user("ann", role::admin, "first password", now));
  ASSERT_TRUE(db_.add_user("bert", role::viewer, "other password", now));
  const auto secret = db_.create_session("ann", {}, now).value();
  EXPECT_EQ(db_.set_role("ANN", role::viewer).error().where, "ANN");
  EXPECT_THAT(db_.remove_user("ann").error().what, HasSubstr("last administrator"));
  EXPECT_TRUE(db_.find_session(secret, now).value()) << "nothing was changed";
  ASSERT_TRUE(db_.set_role("bert", role::admin).value());
  ASSERT_TRUE(db_.set_role("ann", role::viewer).value());
  EXPECT_FALSE(db_.find_session(secret, now).value()) << "a new role ends the sessions";
  EXPECT_FALSE(db_.remove_user("bert"));
}

}  // namespace

}  // namespace atlas::tenants
