#include "tests/unit/web/running_server.hpp"

#include <gmock/gmock.h>

namespace atlas::web {
namespace {

using namespace testing;

incident some_incident(std::int64_t number) {
  incident one{number, {host_id::parse("web-1").value(), alert_rule::disk, "/home"}};
  one.severity = alert_severity::critical;
  one.value = 91;
  one.worst = 99;
  one.threshold = 90;
  one.fired = from_unix_ms(1000);
  one.resolved = from_unix_ms(5000);
  return one;
}

class PastRoutes : public ::testing::Test {
 protected:
  http_answer get(std::string_view path) {
    return fetch(server_.port(), "GET", path, running_server::viewer);
  }
  running_server server_;
};

TEST_F(PastRoutes, ListAlertsThatAreOverPageByPage) {
  server_.alerts.incidents = {some_incident(8), some_incident(5)};
  server_.alerts.incidents[0].acknowledged_by = "ann";
  server_.alerts.incidents[0].acknowledged_at = from_unix_ms(2000);
  const auto all = parsed(get("/api/v1/alerts?state=resolved"));
  EXPECT_EQ(all.at("next"), nullptr);
  const auto& first = all.at("alerts").at(0);
  EXPECT_EQ(first.at("id"), "web-1:disk:%2Fhome");
  EXPECT_EQ(first.at("state"), "resolved");
  EXPECT_EQ(first.at("since"), 1000);
  EXPECT_EQ(first.at("resolved"), 5000);
  EXPECT_EQ(first.at("worst"), 99);
  EXPECT_EQ(first.at("acknowledged_by"), "ann");
  EXPECT_FALSE(all.at("alerts").at(1).contains("acknowledged_by"));
  const auto page = parsed(get("/api/v1/alerts?state=resolved&limit=1"));
  EXPECT_EQ(page.at("alerts").size(), 1U);
  EXPECT_EQ(page.at("next"), 8);
}

TEST_F(PastRoutes, AskForWhatTheQueryNames) {
  EXPECT_EQ(get("/api/v1/alerts?state=resolved&host=db-*&rule=disk&from=10&to=20&before=7&limit=9").status,
            200U);
  const auto& asked = server_.alerts.asked_for;
  EXPECT_EQ(asked.host, "db-*");
  EXPECT_EQ(asked.rule, alert_rule::disk);
  EXPECT_EQ(asked.from, from_unix_ms(10));
  EXPECT_EQ(asked.to, from_unix_ms(20));
  EXPECT_EQ(asked.before, 7);
  EXPECT_EQ(asked.limit, 10U);
  for (const auto* bad :
       {"host=[a]", "host=", "rule=none", "from=-1", "to=x", "before=0", "limit=1001", "limit=0"}) {
    EXPECT_EQ(get(std::string("/api/v1/alerts?state=resolved&") + bad).status, 400U) << bad;
  }
}

TEST_F(PastRoutes, TellWhatHappenedToAHost) {
  server_.receive("web-1", 10);
  auto& past = server_.alerts.past;
  past.before = host_presence::lost;
  past.presence = {{from_unix_ms(700), host_presence::online}};
  past.restarts = {from_unix_ms(710)};
  past.alerts = {some_incident(1)};
  past.alerts.push_back(some_incident(2));
  past.alerts[1].resolved.reset();
  const auto answer = get("/api/v1/hosts/web-1/events?from=500&to=9000");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(
      answer.body,
      R"({"host":"web-1","presence":[[500,"lost"],[700,"online"]],"restarts":[710],"alerts":[)"
      R"({"id":"web-1:disk:%2Fhome","rule":"disk","instance":"/home","severity":"critical","from":1000,"until":5000},)"
      R"({"id":"web-1:disk:%2Fhome","rule":"disk","instance":"/home","severity":"critical","from":1000,"until":null}]})");
  EXPECT_EQ(get("/api/v1/hosts/nobody/events").status, 404U);
  EXPECT_EQ(get("/api/v1/hosts/web-1/events?from=9&to=5").status, 400U);
}

}  // namespace
}  // namespace atlas::web
