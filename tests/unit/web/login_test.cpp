#include "tests/unit/web/running_server.hpp"
#include "web/login_limit.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace atlas::web {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::Not;

const header_list json_body{{"Content-Type", "application/json"}};
constexpr std::string_view right_login = R"({"user":"ann","password":"correct horse"})";
constexpr std::string_view wrong_login = R"({"user":"ann","password":"battery staple"})";

class Login : public ::testing::Test {
 protected:
  http_answer log_in(std::string_view body, const header_list& headers = json_body) {
    return fetch(server_.port(), "POST", "/api/v1/login", headers, body);
  }
  static header_list cookie(std::string_view secret) {
    return {{"Cookie", fmt::format("theme=dark; {}={}", running_server::cookie_name, secret)}};
  }
  running_server server_;
};

TEST_F(Login, GivesACookieThatOpensTheApi) {
  const auto answer = log_in(right_login);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(parsed(answer)["name"], "ann");
  EXPECT_EQ(parsed(answer)["role"], "admin");
  EXPECT_EQ(answer.header("set-cookie"),
            "atlas_session_aaaaaaaa=session-of-ann; Path=/; HttpOnly; SameSite=Strict");
  const auto me = fetch(server_.port(), "GET", "/api/v1/me", cookie("session-of-ann"));
  EXPECT_EQ(me.status, 200);
  EXPECT_EQ(parsed(me)["name"], "ann");
}

TEST_F(Login, RefusesAWrongPasswordWithoutACookie) {
  const auto answer = log_in(wrong_login);
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.header("set-cookie"), "");
  EXPECT_THAT(answer.body, Not(HasSubstr("battery")));
}

TEST_F(Login, EndsWithLogout) {
  log_in(right_login);
  const auto out = fetch(server_.port(), "POST", "/api/v1/logout", cookie("session-of-ann"));
  EXPECT_EQ(out.status, 204);
  EXPECT_THAT(out.header("set-cookie"), HasSubstr("Max-Age=0"));
  EXPECT_EQ(fetch(server_.port(), "GET", "/api/v1/me", cookie("session-of-ann")).status, 401);
}

TEST_F(Login, IgnoresTheCookiesOfOtherOrganisations) {
  log_in(right_login);
  const header_list other{{"Cookie", "atlas_session_bbbbbbbb=session-of-ann"}};
  EXPECT_EQ(fetch(server_.port(), "GET", "/api/v1/me", other).status, 401);
}

TEST_F(Login, TakesJsonOnly) {
  EXPECT_EQ(log_in(right_login, {{"Content-Type", "application/x-www-form-urlencoded"}}).status, 415);
  EXPECT_EQ(log_in(right_login, {}).status, 415);
  EXPECT_EQ(log_in(right_login, {{"Content-Type", "Application/JSON ; charset=utf-8"}}).status, 200);
}

TEST_F(Login, NamesTheMemberAtFault) {
  for (const auto& [body, member] : std::vector<std::pair<std::string, std::string>>{
           {"{}", "user"},
           {R"({"user":"ann"})", "password"},
           {R"({"user":7,"password":"x"})", "user"},
           {R"({"user":"ann","password":")" + std::string(2000, 'x') + "\"}", "password"}}) {
    const auto answer = log_in(body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_EQ(parsed(answer).value("parameter", ""), member) << answer.body;
  }
  for (const auto* body : {"not json", "[1]", "\"text\"", "{\"user\":\"\xff\"}"}) {
    EXPECT_EQ(log_in(body).status, 400) << body;
  }
}

TEST_F(Login, IsSlowedDownAfterAFewFailures) {
  std::uint64_t accepted = 0;
  std::uint64_t failures = 0;
  std::uint64_t limited = 0;
  http_answer refused;
  // The first delay is a second, which a busy machine may sleep over: then it is tried once more.
  for (int round = 0; round < 5 && refused.status != 429; ++round) {
    for (; log_in(wrong_login).status == 401; ++failures) {
    }
    EXPECT_GE(failures, static_cast<std::uint64_t>(login_limit::of_pair.free));
    ++limited;
    refused = log_in(right_login);
    ++(refused.status == 429 ? limited : accepted);
  }
  EXPECT_EQ(refused.status, 429) << "the right password does not show itself";
  const auto delay = refused.header("retry-after");
  EXPECT_THAT(parsed(refused)["detail"].get<std::string>(),
              ::testing::StartsWith("too many attempts: try again in " + delay + " second"));
  EXPECT_EQ(log_in(R"({"user":"bert","password":"correct horse"})").status, 200);
  const auto counted = server_.counters();
  EXPECT_EQ(counted.logins_accepted, accepted + 1);
  EXPECT_EQ(counted.logins_refused, failures);
  EXPECT_EQ(counted.logins_limited, limited);
}

TEST_F(Login, TellsWhereItComesFrom) {
  auto headers = json_body;
  headers.emplace_back("User-Agent", "a browser");
  log_in(right_login, headers);
  const auto asked = server_.from_loop<login_request>([this] { return server_.auth.newest_login.value(); });
  EXPECT_EQ(asked.address, "127.0.0.1");
  EXPECT_EQ(asked.user_agent, "a browser");
}

TEST_F(Login, IsRefusedToPagesOfOtherOrigins) {
  auto headers = json_body;
  headers.emplace_back("Origin", "http://evil.example");
  EXPECT_EQ(log_in(right_login, headers).status, 403);
  headers.back().second = "null";
  EXPECT_EQ(log_in(right_login, headers).status, 403);
  headers.back().second = "http://localhost";
  EXPECT_EQ(log_in(right_login, headers).status, 200);
}

TEST_F(Login, KeepsOnlyAFewWaiting) {
  server_.on_loop([this] { server_.auth.hold_logins = true; });
  std::vector<http_client> waiting;
  const auto text = request_text("POST", "/api/v1/login", json_body, right_login);
  for (std::size_t i = 0; i < server_options{}.max_waiting_logins; ++i) {
    waiting.emplace_back(server_.port()).send(text);
  }
  ASSERT_TRUE(server_.becomes_true(
      [this] { return server_.auth.held.size() == server_options{}.max_waiting_logins; }));
  const auto refused = log_in(right_login);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("retry-after"), "1");
  server_.on_loop([this] {
    server_.auth.hold_logins = false;
    for (auto& done : std::exchange(server_.auth.held, {})) {
      done();
    }
  });
  for (auto& client : waiting) {
    EXPECT_EQ(client.read_answer().value_or(http_answer{}).status, 200);
  }
  EXPECT_EQ(log_in(right_login).status, 200);
}

TEST_F(Login, MayOutliveItsConnection) {
  server_.on_loop([this] { server_.auth.hold_logins = true; });
  {
    http_client client(server_.port());
    client.send(request_text("POST", "/api/v1/login", json_body, right_login));
    ASSERT_TRUE(server_.becomes_true([this] { return server_.auth.held.size() == 1; }));
  }
  server_.on_loop([this] { server_.auth.held.front()(); });
  EXPECT_EQ(fetch(server_.port(), "GET", "/healthz").status, 200);
}

TEST_F(Login, MayOutliveTheServer) {
  std::vector<std::function<void()>> held;
  http_client client(server_.port());
  server_.on_loop([this] { server_.auth.hold_logins = true; });
  client.send(request_text("POST", "/api/v1/login", json_body, right_login));
  ASSERT_TRUE(server_.becomes_true([this] { return server_.auth.held.size() == 1; }));
  server_.on_loop([this] { server_.web->stop(); });
  server_.on_loop([this] { server_.auth.held.front()(); });
  EXPECT_TRUE(client.is_closed_by_server());
}

}  // namespace
}  // namespace atlas::web
