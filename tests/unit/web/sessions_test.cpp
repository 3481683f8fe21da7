#include "tests/unit/web/running_server.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace atlas::web {
namespace {

using namespace testing;

class SessionRoutes : public ::testing::Test {
 protected:
  SessionRoutes() {
    server_.on_loop([this] {
      server_.auth.sessions["anns secret"] = {"ann", role::viewer, "11111111"};
      const auto at = from_unix_ms(1'764'000'000'000);
      server_.staff.sessions = {
          {"11111111", "ann", role::viewer, at, at + hour, at + 12 * hour, "192.0.2.7", "Fire\"fox"},
          {"22222222", "bert", role::admin, at, at, at + 12 * hour, "::1", ""}};
    });
  }
  http_answer get(const header_list& as) { return fetch(server_.port(), "GET", "/api/v1/sessions", as); }
  unsigned end(std::string_view id, const header_list& as) {
    return fetch(server_.port(), "DELETE", fmt::format("/api/v1/sessions/{}", id), as).status;
  }

  static constexpr std::chrono::hours hour{1};
  const header_list ann_{{"Cookie", fmt::format("{}=anns secret", running_server::cookie_name)}};
  running_server server_;
};

TEST_F(SessionRoutes, ShowAPersonTheirOwn) {
  const auto answer = get(ann_);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(parsed(answer),
            nlohmann::json::parse(R"({"sessions":[{"id":"11111111","user":"ann","role":"viewer",
      "created":1764000000000,"last_seen":1764003600000,"expires":1764043200000,"address":"192.0.2.7",
      "user_agent":"Fire\"fox","current":true}]})"));
  EXPECT_TRUE(parsed(get(running_server::viewer))["sessions"].empty()) << "a token has none";
}

TEST_F(SessionRoutes, ShowAnAdministratorEveryones) {
  const auto shown = parsed(get(running_server::admin))["sessions"];
  ASSERT_EQ(shown.size(), 2U);
  EXPECT_EQ(shown[1]["user"], "bert");
  EXPECT_EQ(shown[0]["current"], false);
}

TEST_F(SessionRoutes, EndOnesOwnAndForAnAdministratorAnyones) {
  EXPECT_EQ(end("22222222", ann_), 404U) << "as if it were not there";
  EXPECT_EQ(end("22222222", running_server::operator_), 404U);
  EXPECT_EQ(end("11111111", ann_), 204U);
  EXPECT_EQ(end("11111111", ann_), 404U);
  EXPECT_EQ(end("22222222", running_server::admin), 204U);
}

}  // namespace
}  // namespace atlas::web
