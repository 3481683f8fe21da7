#include "ingest/registry_authenticator.hpp"

#include "fixtures.hpp"
#include "ingest/registry_watch.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace atlas::ingest {
namespace {

using outcome = result<std::optional<web::login_result>>;

class RegistryAuthenticator : public testing::Test {
 protected:
  RegistryAuthenticator() {
    EXPECT_TRUE(own.add_user("ada", role::admin, "correct horse battery", clock.now()));
  }
  ~RegistryAuthenticator() override { worker.join(); }

  outcome log_in(const std::string& name, const std::string& password) {
    std::optional<outcome> found;
    auth.login({name, password, "192.0.2.7", "Firefox"}, [&](outcome value) { found = std::move(value); });
    EXPECT_FALSE(found) << "the loop goes on while the password is checked";
    EXPECT_TRUE(run_until(io, [&] { return found.has_value(); }));
    return *found;
  }

  temporary_dir dir;
  boost::asio::io_context io;
  boost::asio::thread_pool worker{1};
  wall_clock clock;
  tenants::registry own = *tenants::registry::open(dir.path() / "fleet.db");
  tenants::registry of_worker = *tenants::registry::open(dir.path() / "fleet.db");
  registry_authenticator auth{io, worker, own, of_worker, clock};
};

TEST_F(RegistryAuthenticator, LogsInWithTheRightPasswordAndKeepsASession) {
  const auto found = log_in("ada", "correct horse battery");
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->who.name, "ada");
  EXPECT_EQ((*found)->who.granted, role::admin);
  const auto secret = (*found)->session_secret;
  const auto session = auth.find_session(secret);
  ASSERT_TRUE(session);
  EXPECT_EQ(session->name, "ada");
  auth.logout({"ada", "192.0.2.7"}, secret);
  EXPECT_FALSE(auth.find_session(secret));
}

TEST_F(RegistryAuthenticator, NotesWhereASessionComesFromAndThatItIsUsed) {
  const auto found = log_in("ada", "correct horse battery");
  ASSERT_TRUE(found && *found);
  const auto secret = (*found)->session_secret;
  const auto newest = [&] { return own.sessions(std::nullopt, clock.now()).value().at(0); };
  EXPECT_EQ(newest().origin.address, "192.0.2.7");
  EXPECT_EQ(newest().origin.agent, "Firefox");
  EXPECT_EQ(auth.find_session(secret)->session, newest().id);
  const auto seen = newest().seen;
  EXPECT_TRUE(auth.find_session(secret));
  run_until(io, [] { return true; });
  EXPECT_EQ(newest().seen, seen) << "not for every request";
  SQLite::Database(dir.path() / "fleet.db", SQLite::OPEN_READWRITE)
      .exec("UPDATE sessions SET seen = seen - 61000");
  EXPECT_TRUE(auth.find_session(secret));
  EXPECT_TRUE(run_until(io, [&] { return newest().seen >= seen; }));
}

TEST_F(RegistryAuthenticator, RefusesAWrongPasswordAndAnUnknownName) {
  const auto wrong = log_in("ada", "wrong");
  ASSERT_TRUE(wrong);
  EXPECT_FALSE(*wrong);
  const auto unknown = log_in("eve", "correct horse battery");
  ASSERT_TRUE(unknown);
  EXPECT_FALSE(*unknown);
  EXPECT_FALSE(auth.find_session("made up"));
}

TEST_F(RegistryAuthenticator, KnowsApiTokensUntilTheyAreRevoked) {
  const auto secret = *own.create_api_token("prometheus", role::viewer, std::nullopt, clock.now());
  const auto found = auth.find_api_token(secret);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->granted, role::viewer);
  EXPECT_FALSE(auth.find_api_token("afa_nonsense"));
  const auto listed = *own.api_tokens();
  ASSERT_EQ(listed.size(), 1U);
  ASSERT_TRUE(own.revoke_token(listed[0].id));
  EXPECT_FALSE(auth.find_api_token(secret));
}

TEST_F(RegistryAuthenticator, RefusesLoginsBeyondThoseThatMayWait) {
  std::size_t checked = 0;
  std::size_t refused = 0;
  constexpr std::size_t extra = 2;
  for (std::size_t i = 0; i < registry_authenticator::max_waiting_logins + extra; ++i) {
    auth.login({"ada", "wrong", "192.0.2.7", "Firefox"},
               [&](const outcome& value) { ++(value ? checked : refused); });
  }
  EXPECT_TRUE(
      run_until(io, [&] { return checked + refused == registry_authenticator::max_waiting_logins + extra; }));
  EXPECT_EQ(refused, extra);
}

TEST_F(RegistryAuthenticator, TheWatchReadsHostsAndWhetherTheStoreTakesWrites) {
  std::vector<std::string> seen;
  registry_watch watch(io, worker, own, of_worker, [&](const std::vector<tenants::registered_host>& hosts) {
    seen.clear();
    for (const auto& one : hosts) {
      seen.emplace_back(one.id.text());
    }
  });
  EXPECT_FALSE(watch.readiness().ready);
  watch.start();
  EXPECT_TRUE(run_until(io, [&] { return watch.readiness().ready; }));
  ASSERT_TRUE(own.add_host(host("later"), clock.now()));
  EXPECT_TRUE(run_until(io, [&] { return seen == std::vector<std::string>{"later"}; }));
  watch.stop();
}

TEST_F(RegistryAuthenticator, TheWatchDoubtsAStoreWhoseLockIsKeptAndTrustsItAgain) {
  registry_watch watch(io, worker, own, of_worker, [](const std::vector<tenants::registered_host>&) {});
  watch.start();
  ASSERT_TRUE(run_until(io, [&] { return watch.readiness().ready; }));
  SQLite::Database other(dir.path() / "fleet.db", SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  ASSERT_TRUE(run_until(io, [&] { return !watch.readiness().ready; }, std::chrono::seconds(30)));
  EXPECT_THAT(watch.readiness().detail, testing::HasSubstr("cannot be written"));
  other.exec("COMMIT");
  EXPECT_TRUE(run_until(io, [&] { return watch.readiness().ready; }, std::chrono::seconds(30)));
  EXPECT_EQ(watch.readiness().detail, "");
  watch.stop();
}

}  // namespace
}  // namespace atlas::ingest
