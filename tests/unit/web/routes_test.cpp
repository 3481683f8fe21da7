#include "tests/unit/web/running_server.hpp"
#include "web/router.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace atlas::web {
namespace {

using namespace testing;
using ::testing::HasSubstr;

class Routes : public ::testing::Test {
 protected:
  void SetUp() override {
    server_.on_loop([this] {
      server_.receive("alpha", 12.5);
      server_.receive("beta", 95);
      host_info info;
      info.os = "linux";
      info.hostname = "beta.example";
      info.tags = {"web"};
      server_.apply(info_received{host("beta"), info});
    });
  }

  http_answer get(std::string_view target, const header_list& headers = running_server::viewer) {
    return fetch(server_.port(), "GET", target, headers);
  }

  void expect_problem(const http_answer& answer, int status, const std::string& parameter = "") {
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(answer.header("content-type"), "application/problem+json");
    const auto body = parsed(answer);
    EXPECT_EQ(body.value("status", 0), status);
    EXPECT_EQ(body.value("type", ""), "about:blank");
    EXPECT_EQ(body.value("parameter", ""), parameter) << answer.body;
  }

  running_server server_;
};

std::string example_path(std::string_view pattern) {
  std::string path(pattern);
  if (const auto id = path.find("{id}"); id != std::string::npos) {
    path.replace(id, 4, "no-such-host");
  }
  if (path.ends_with('*')) {
    path.back() = 'x';
  }
  return path;
}

role least_role(access least) {
  return least == access::admin ? role::admin : least == access::operator_ ? role::operator_ : role::viewer;
}

// Every route with nobody, a wrong token, each role, and each method that it does not take.
TEST_F(Routes, AreOpenToTheRightRolesOnly) {
  const std::vector<std::pair<role, header_list>> roles{{role::viewer, running_server::viewer},
                                                        {role::operator_, running_server::operator_},
                                                        {role::admin, running_server::admin}};
  for (const auto& one : all_routes()) {
    const auto path = example_path(one.pattern);
    const auto name = fmt::format("{} {}", to_string(one.verb), path);
    const bool open = one.least == access::open;
    const auto nobody = fetch(server_.port(), to_string(one.verb), path);
    const auto stranger =
        fetch(server_.port(), to_string(one.verb), path, {{"Authorization", "Bearer afa_other"}});
    if (open) {
      EXPECT_NE(nobody.status, 401) << name;
      EXPECT_NE(nobody.status, 0) << name;
    } else {
      EXPECT_EQ(nobody.status, 401) << name;
      EXPECT_EQ(nobody.header("www-authenticate"), "Bearer realm=\"atlas-fleet\"") << name;
      EXPECT_EQ(stranger.status, 401) << name;
    }
    for (const auto& [granted, headers] : roles) {
      const auto status = fetch(server_.port(), to_string(one.verb), path, headers).status;
      if (!open && granted < least_role(one.least)) {
        EXPECT_EQ(status, 403) << name << " as " << to_string(granted);
      } else {
        EXPECT_NE(status, 401) << name << " as " << to_string(granted);
        EXPECT_NE(status, 403) << name << " as " << to_string(granted);
        EXPECT_NE(status, 0) << name << " as " << to_string(granted);
      }
    }
    const auto put = fetch(server_.port(), "PUT", path, running_server::admin);
    EXPECT_EQ(put.status, 405) << name;
    EXPECT_THAT(put.header("allow"), HasSubstr(std::string(to_string(one.verb)))) << name;
  }
}

TEST_F(Routes, AnswerUnknownPathsAndMethodsWithProblems) {
  expect_problem(get("/nothing"), 404);
  expect_problem(get("/api/v1/hosts/"), 404);
  expect_problem(get("/api/v1//hosts"), 404);
  const auto wrong = fetch(server_.port(), "POST", "/api/v1/hosts/alpha", running_server::admin);
  expect_problem(wrong, 405);
  EXPECT_EQ(wrong.header("allow"), "GET, HEAD, PATCH, DELETE");
  expect_problem(fetch(server_.port(), "BREW", "/healthz"), 405);
}

TEST_F(Routes, CarryTheirSafetyHeaders) {
  for (const auto* path : {"/healthz", "/dashboard", "/api/v1/branding", "/nothing"}) {
    const auto answer = get(path);
    EXPECT_EQ(answer.header("x-content-type-options"), "nosniff") << path;
    EXPECT_EQ(answer.header("referrer-policy"), "no-referrer") << path;
    EXPECT_EQ(answer.header("x-frame-options"), "DENY") << path;
    const auto policy = answer.header("content-security-policy");
    EXPECT_THAT(policy, HasSubstr("default-src 'self'")) << path;
    EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'")) << path;
    EXPECT_THAT(policy, ::testing::Not(HasSubstr("unsafe"))) << path;
    EXPECT_FALSE(answer.header("date").empty()) << path;
  }
  EXPECT_EQ(get("/api/v1/hosts").header("cache-control"), "no-store");
}

TEST_F(Routes, SayHowTheServiceIs) {
  EXPECT_EQ(get("/healthz").status, 200);
  EXPECT_EQ(get("/readyz").status, 200);
  server_.on_loop(
      [this] { server_.backend.checks = {{"broker", false, "not \"there\" yet"}, {"store", true, ""}}; });
  const auto answer = get("/readyz");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(parsed(answer)["ready"], false);
  EXPECT_EQ(parsed(answer)["checks"][0]["detail"], "not \"there\" yet");
  const auto metrics = get("/metrics");
  EXPECT_EQ(metrics.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(metrics.body, HasSubstr("atlas_hosts"));
  EXPECT_THAT(metrics.body, HasSubstr("atlas_host_up"));
  EXPECT_EQ(get("/metrics?hosts=true").body, metrics.body);
  EXPECT_THAT(get("/metrics?hosts=false").body, ::testing::Not(HasSubstr("atlas_host_up")));
  EXPECT_EQ(get("/metrics?hosts=maybe").status, 400);
}

TEST_F(Routes, ShowTheBrandingToAnyone) {
  const auto branding = parsed(get("/api/v1/branding", {}));
  EXPECT_EQ(branding["name"], "Acme Corp");
  EXPECT_EQ(branding["title"], "Acme Fleet");
  EXPECT_EQ(branding["primary_color"], "#00ff00");
  EXPECT_TRUE(branding["logo_url"].is_null());
}

TEST_F(Routes, ListHostsWithTheirNewestFigures) {
  const auto body = parsed(get("/api/v1/hosts"));
  ASSERT_EQ(body["hosts"].size(), 2U);
  EXPECT_TRUE(body["next"].is_null());
  const auto& alpha = body["hosts"][0];
  EXPECT_EQ(alpha["id"], "alpha");
  EXPECT_EQ(alpha["state"], "online");
  EXPECT_EQ(alpha["cpu"]["percent"], 12.5);
  EXPECT_TRUE(alpha["last_seen"].is_number_integer());
  EXPECT_FALSE(alpha.contains("info"));
  EXPECT_EQ(body["hosts"][1]["info"]["hostname"], "beta.example");
  EXPECT_EQ(parsed(get("/api/v1/hosts?tag=web&sort=-cpu"))["hosts"].size(), 1U);
  const auto page = parsed(get("/api/v1/hosts?limit=1"));
  const auto rest = parsed(get("/api/v1/hosts?limit=1&cursor=" + page["next"].get<std::string>()));
  EXPECT_EQ(rest["hosts"][0]["id"], "beta");
  expect_problem(get("/api/v1/hosts?limit=0"), 400, "limit");
  expect_problem(get("/api/v1/hosts?state=odd"), 400, "state");
}

TEST_F(Routes, ShowOneHostWithAlertsAndMetricNames) {
  const auto beta = parsed(get("/api/v1/hosts/beta"));
  EXPECT_EQ(beta["id"], "beta");
  ASSERT_EQ(beta["alerts"].size(), 1U);
  EXPECT_EQ(beta["alerts"][0]["rule"], "cpu");
  EXPECT_THAT(beta["metrics"].get<std::vector<std::string>>(), ::testing::Contains("disks[/].percent"));
  expect_problem(get("/api/v1/hosts/gamma"), 404, "id");
  expect_problem(get("/api/v1/hosts/..%2F"), 404, "id");
}

TEST_F(Routes, ForgetAHostForAnAdminOnly) {
  EXPECT_EQ(fetch(server_.port(), "DELETE", "/api/v1/hosts/alpha", running_server::operator_).status, 403);
  const auto gone = fetch(server_.port(), "DELETE", "/api/v1/hosts/alpha", running_server::admin);
  EXPECT_EQ(gone.status, 204);
  EXPECT_EQ(gone.body, "");
  expect_problem(get("/api/v1/hosts/alpha"), 404, "id");
}

TEST_F(Routes, GiveHistoryAsPoints) {
  const auto body = parsed(get("/api/v1/hosts/alpha/history?metric=cpu.percent"));
  EXPECT_EQ(body["host"], "alpha");
  EXPECT_EQ(body["metric"], "cpu.percent");
  ASSERT_EQ(body["points"].size(), 1U);
  EXPECT_EQ(body["points"][0][1], 12.5);
  EXPECT_EQ(body["points"][0][2], 12.5);
  EXPECT_EQ(body["points"][0][3], 12.5);
  EXPECT_EQ(parsed(get("/api/v1/hosts/alpha/history?metric=disks%5B/%5D.percent"))["points"].size(), 1U);
  EXPECT_EQ(parsed(get("/api/v1/hosts/alpha/history?metric=no.such"))["points"].size(), 0U);
  EXPECT_EQ(parsed(get("/api/v1/hosts/alpha/history?metric=cpu.percent&to=1000"))["points"].size(), 0U);
}

TEST_F(Routes, NameTheParameterOfABadHistoryQuery) {
  const std::string base = "/api/v1/hosts/alpha/history";
  expect_problem(get(base), 400, "metric");
  expect_problem(get(base + "?metric="), 400, "metric");
  expect_problem(get(base + "?metric=cpu.percent&from=yesterday"), 400, "from");
  expect_problem(get(base + "?metric=cpu.percent&from=-1"), 400, "from");
  expect_problem(get(base + "?metric=cpu.percent&to=99999999999999999999"), 400, "to");
  expect_problem(get(base + "?metric=cpu.percent&from=2000&to=1000"), 400, "from");
  expect_problem(get(base + "?metric=cpu.percent&points=0"), 400, "points");
  expect_problem(get(base + "?metric=cpu.percent&points=5001"), 400, "points");
  expect_problem(get("/api/v1/hosts/gamma/history?metric=cpu.percent"), 404, "id");
}

TEST_F(Routes, ListTheAlertsThatFire) {
  const auto alerts = parsed(get("/api/v1/alerts"))["alerts"];
  ASSERT_EQ(alerts.size(), 1U);
  EXPECT_EQ(alerts[0]["id"], "beta:cpu");
  EXPECT_EQ(alerts[0]["state"], "firing");
  EXPECT_EQ(parsed(get("/api/v1/alerts?state=firing"))["alerts"].size(), 1U);
  expect_problem(get("/api/v1/alerts?state=odd"), 400, "state");
}

TEST_F(Routes, AnswerHeadLikeGetWithoutTheBody) {
  const auto answer = fetch(server_.port(), "HEAD", "/api/v1/hosts", running_server::viewer);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("content-length"), get("/api/v1/hosts").header("content-length"));
  EXPECT_EQ(answer.body, "");
}

TEST_F(Routes, SendTheRootToTheDashboard) {
  const auto answer = get("/", {});
  EXPECT_EQ(answer.status, 302);
  EXPECT_EQ(answer.header("location"), "/dashboard");
}

TEST_F(Routes, SayThatTheLiveFeedIsAWebSocket) {
  const auto answer = get("/api/v1/live");
  expect_problem(answer, 426);
  EXPECT_EQ(answer.header("upgrade"), "websocket");
}

}  // namespace
}  // namespace atlas::web
