#include "tests/unit/web/running_server.hpp"
#include "web/login_limit.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace atlas::web {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class PeopleRoutes : public ::testing::Test {
 protected:
  PeopleRoutes() {
    server_.on_loop([this] { server_.auth.sessions["anns secret"] = {"ann", role::viewer, "11111111"}; });
  }
  http_answer send(std::string_view verb, std::string_view path, std::string_view body = {},
                   header_list headers = running_server::admin) {
    headers.emplace_back("Content-Type", "application/json");
    return fetch(server_.port(), verb, path, headers, body);
  }
  std::vector<std::string> changes() {
    return server_.from_loop<std::vector<std::string>>([this] { return server_.staff.changes; });
  }
  void refuse(people_refusal::reason why) {
    server_.on_loop([&] { server_.staff.refusal = people_refusal{why, "what to do", "password"}; });
  }

  const header_list ann_{{"Cookie", fmt::format("{}=anns secret", running_server::cookie_name)}};
  running_server server_;
};

TEST_F(PeopleRoutes, ListUsersAndTokens) {
  server_.on_loop([this] {
    server_.staff.users = {{"ann", role::admin, from_unix_ms(1)}, {"bert", role::operator_, from_unix_ms(2)}};
    server_.staff.tokens = {
        {"11111111", token_info::kind::api, "a \"label\"", role::viewer, from_unix_ms(3), std::nullopt},
        {"22222222", token_info::kind::enrollment, "", role::viewer, from_unix_ms(4), from_unix_ms(5)}};
  });
  EXPECT_EQ(parsed(send("GET", "/api/v1/users")),
            nlohmann::json::parse(R"({"users":[{"name":"ann","role":"admin","created":1},
                                               {"name":"bert","role":"operator","created":2}]})"));
  EXPECT_EQ(parsed(send("GET", "/api/v1/tokens")), nlohmann::json::parse(R"({"tokens":[
                {"id":"11111111","kind":"api","role":"viewer","label":"a \"label\"","created":3,"expires":null},
                {"id":"22222222","kind":"enroll","label":"","created":4,"expires":5}]})"));
}

TEST_F(PeopleRoutes, ChangeUsers) {
  const auto added =
      send("POST", "/api/v1/users", R"({"name":"bert","role":"viewer","password":"long enough"})");
  EXPECT_EQ(added.status, 201U);
  EXPECT_EQ(parsed(added), nlohmann::json::parse(R"({"name":"bert","role":"viewer"})"));
  EXPECT_EQ(send("PATCH", "/api/v1/users/bert", R"({"role":"admin"})").status, 204U);
  EXPECT_EQ(send("PATCH", "/api/v1/users/bert", R"({"password":"another one"})").status, 204U);
  EXPECT_EQ(send("DELETE", "/api/v1/users/bert").status, 204U);
  EXPECT_THAT(changes(), ElementsAre("administer@127.0.0.1 adds bert viewer long enough",
                                     "administer@127.0.0.1 changes bert admin -",
                                     "administer@127.0.0.1 changes bert - another one",
                                     "administer@127.0.0.1 removes bert"));
}

TEST_F(PeopleRoutes, NameTheMemberAtFault) {
  for (const auto& [verb, body, member] : std::vector<std::array<std::string, 3>>{
           {"POST", R"({"role":"viewer","password":"long enough"})", "name"},
           {"POST", R"({"name":"bert","password":"long enough"})", "role"},
           {"POST", R"({"name":"bert","role":"king","password":"long enough"})", "role"},
           {"POST", R"({"name":"bert","role":"viewer"})", "password"},
           {"PATCH", "{}", "role"},
           {"PATCH", R"({"role":7})", "role"}}) {
    const auto answer = send(verb, verb == "POST" ? "/api/v1/users" : "/api/v1/users/bert", body);
    EXPECT_EQ(answer.status, 400U) << body;
    EXPECT_EQ(parsed(answer).value("parameter", ""), member) << answer.body;
  }
  EXPECT_THAT(changes(), IsEmpty());
}

TEST_F(PeopleRoutes, SayWhyNot) {
  using reason = people_refusal::reason;
  for (const auto& [why, status] : std::vector<std::pair<reason, unsigned>>{{reason::unknown, 404},
                                                                            {reason::conflict, 409},
                                                                            {reason::invalid, 400},
                                                                            {reason::wrong_password, 403}}) {
    refuse(why);
    const auto answer = send("PATCH", "/api/v1/users/bert", R"({"role":"admin"})");
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(parsed(answer)["detail"], "what to do");
  }
  server_.on_loop([this] { server_.staff.trouble = error{"file", "locked"}; });
  const auto answer = send("DELETE", "/api/v1/users/bert");
  EXPECT_EQ(answer.status, 503U);
  EXPECT_EQ(answer.header("retry-after"), "1");
}

TEST_F(PeopleRoutes, MakeATokenAndShowItOnce) {
  const auto made =
      send("POST", "/api/v1/tokens", R"({"role":"operator","label":"ci","expires":1900000000000})");
  EXPECT_EQ(made.status, 201U);
  EXPECT_EQ(parsed(made),
            nlohmann::json::parse(R"({"id":"3f9a01bc","kind":"api","role":"operator","label":"ci",
      "created":0,"expires":1900000000000,"token":"afa_secret"})"));
  EXPECT_EQ(send("POST", "/api/v1/tokens", "{}").status, 400U);
  EXPECT_EQ(send("POST", "/api/v1/tokens", R"({"role":"viewer","expires":"soon"})").status, 400U);
  EXPECT_EQ(send("DELETE", "/api/v1/tokens/11111111").status, 404U);
}

TEST_F(PeopleRoutes, MakeAnEnrolmentToken) {
  const auto made = send("POST", "/api/v1/tokens",
                         R"({"kind":"enroll","label":"laptops","uses":50,"expires":1900000000000})");
  EXPECT_EQ(made.status, 201U);
  EXPECT_EQ(parsed(made), nlohmann::json::parse(R"({"id":"4e1d22aa","kind":"enroll","label":"laptops",
      "created":0,"expires":1900000000000,"uses":50,"token":"aft_secret"})"));
  const auto usual = parsed(send("POST", "/api/v1/tokens", R"({"kind":"enroll"})"));
  EXPECT_EQ(usual.at("uses"), 1);
  EXPECT_EQ(usual.at("expires"), 7) << "as the port says";
  for (const auto& [body, member] :
       std::vector<std::pair<std::string, std::string>>{{R"({"kind":"enroll","uses":0})", "uses"},
                                                        {R"({"kind":"enroll","uses":10001})", "uses"},
                                                        {R"({"kind":"enroll","uses":-1})", "uses"},
                                                        {R"({"kind":"enroll","uses":1.5})", "uses"},
                                                        {R"({"kind":"enroll","uses":"2"})", "uses"},
                                                        {R"({"kind":"enroll","role":"viewer"})", "role"},
                                                        {R"({"kind":"enroll","expires":"soon"})", "expires"},
                                                        {R"({"kind":"enrol"})", "kind"},
                                                        {R"({"kind":"","role":"viewer"})", "kind"},
                                                        {R"({"kind":7,"role":"viewer"})", "kind"},
                                                        {R"({"kind":"api"})", "role"},
                                                        {R"({"role":"viewer","uses":1})", "uses"}}) {
    const auto answer = send("POST", "/api/v1/tokens", body);
    EXPECT_EQ(answer.status, 400U) << body;
    EXPECT_EQ(parsed(answer).value("parameter", ""), member) << answer.body;
  }
  EXPECT_EQ(changes().size(), 2U);
  for (const auto& who : {running_server::viewer, running_server::operator_}) {
    EXPECT_EQ(send("POST", "/api/v1/tokens", R"({"kind":"enroll"})", who).status, 403U);
  }
}

TEST_F(PeopleRoutes, LetAPersonChangeTheirPassword) {
  const auto body = R"({"current":"old password","new":"new password"})";
  const auto changed = send("POST", "/api/v1/me/password", body, ann_);
  EXPECT_EQ(changed.status, 204U);
  EXPECT_THAT(changed.header("set-cookie"), HasSubstr("Max-Age=0"))
      << "the session has ended with the others";
  EXPECT_THAT(changes(),
              ElementsAre("ann@127.0.0.1 changes their password from old password to new password"));
  EXPECT_EQ(send("POST", "/api/v1/me/password", body, running_server::admin).status, 403U)
      << "a token has none";
  EXPECT_EQ(send("POST", "/api/v1/me/password", R"({"current":"x"})", ann_).status, 400U);
}

TEST_F(PeopleRoutes, SlowDownWhoeverGuessesAPasswordWithAFoundCookie) {
  refuse(people_refusal::reason::wrong_password);
  const auto body = R"({"current":"a guess","new":"new password"})";
  for (int i = 0; i < login_limit::of_pair.free; ++i) {
    EXPECT_EQ(send("POST", "/api/v1/me/password", body, ann_).status, 403U);
  }
  EXPECT_EQ(send("POST", "/api/v1/me/password", body, ann_).status, 429U);
}

TEST_F(PeopleRoutes, ShowTheAuditLogPageByPage) {
  server_.on_loop([this] {
    for (std::int64_t id = 5; id > 0; --id) {
      server_.staff.rows.push_back(
          {id, from_unix_ms(1000 + id), {"ann", "192.0.2.7"}, "user.add", "bert (viewer)", "done"});
    }
  });
  auto page = parsed(send("GET", "/api/v1/audit?limit=2"));
  ASSERT_EQ(page["audit"].size(), 2U);
  const auto& newest = page["audit"][0];
  EXPECT_EQ(newest["id"], 5);
  EXPECT_EQ(newest["at"], 1005);
  EXPECT_EQ(newest["who"], "ann");
  EXPECT_EQ(newest["from"], "192.0.2.7");
  EXPECT_EQ(newest["action"], "user.add");
  EXPECT_EQ(newest["object"], "bert (viewer)");
  EXPECT_EQ(newest["outcome"], "done");
  EXPECT_EQ(page["next"], 4);
  page = parsed(send("GET", "/api/v1/audit?limit=3&before=4"));
  EXPECT_EQ(page["audit"].size(), 3U);
  EXPECT_TRUE(page["next"].is_null());
  for (const auto* wrong : {"limit=0", "limit=1001", "limit=x", "before=x", "before=-1"}) {
    EXPECT_EQ(send("GET", fmt::format("/api/v1/audit?{}", wrong)).status, 400U) << wrong;
  }
}

}  // namespace
}  // namespace atlas::web
