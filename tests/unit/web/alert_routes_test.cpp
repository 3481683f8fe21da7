#include "tests/unit/web/running_server.hpp"

#include <gmock/gmock.h>

namespace atlas::web {
namespace {

using namespace testing;

class AlertRoutes : public ::testing::Test {
 protected:
  http_answer send(std::string_view verb, std::string_view path, std::string_view body = {},
                   header_list headers = running_server::operator_) {
    headers.emplace_back("Content-Type", "application/json");
    return fetch(server_.port(), verb, path, headers, body);
  }
  std::size_t count(std::string_view state) {
    return parsed(send("GET", "/api/v1/alerts?state=" + std::string(state))).at("alerts").size();
  }
  running_server server_;
};

TEST_F(AlertRoutes, AcknowledgeAnAlertOnce) {
  server_.receive("web-1", 95);
  EXPECT_EQ(count("firing"), 1U);
  EXPECT_EQ(send("POST", "/api/v1/alerts/web-1:cpu/ack", {}, running_server::viewer).status, 403U);
  const auto done = send("POST", "/api/v1/alerts/web-1:cpu/ack");
  EXPECT_EQ(done.status, 200U);
  EXPECT_EQ(parsed(done).at("state"), "acknowledged");
  EXPECT_EQ(parsed(done).at("acknowledged_by"), "operate");
  EXPECT_EQ(count("firing"), 0U);
  EXPECT_EQ(count("acknowledged"), 1U);
  EXPECT_EQ(send("POST", "/api/v1/alerts/web-1:cpu/ack").status, 409U);
  EXPECT_EQ(send("POST", "/api/v1/alerts/web-1:memory/ack").status, 404U);
  EXPECT_EQ(send("POST", "/api/v1/alerts/nonsense/ack").status, 404U);
  EXPECT_EQ(send("GET", "/api/v1/alerts?state=over").status, 400U);
}

TEST_F(AlertRoutes, MakeListAndRemoveSilences) {
  const auto made = send("POST", "/api/v1/silences",
                         R"({"host":"db-*","rule":"disk","from":1764000000000,"until":4000000000000})");
  EXPECT_EQ(made.status, 201U);
  EXPECT_EQ(parsed(made).at("host"), "db-*");
  EXPECT_EQ(parsed(made).at("tag"), nullptr);
  EXPECT_EQ(parsed(made).at("until"), 4000000000000);
  EXPECT_EQ(parsed(send("GET", "/api/v1/silences")).at("silences").size(), 1U);
  EXPECT_EQ(send("DELETE", "/api/v1/silences/s1", {}, running_server::viewer).status, 403U);
  EXPECT_EQ(send("DELETE", "/api/v1/silences/s1").status, 204U);
  EXPECT_EQ(send("DELETE", "/api/v1/silences/s1").status, 404U);
}

TEST_F(AlertRoutes, RefuseSilencesThatMakeNoSense) {
  const auto blamed = [this](std::string_view body) {
    const auto answer = send("POST", "/api/v1/silences", body);
    EXPECT_EQ(answer.status, 400U) << body;
    return parsed(answer).value("parameter", "");
  };
  EXPECT_EQ(blamed(R"({"until":1764003600000})"), "host");
  EXPECT_EQ(blamed(R"({"host":"x","from":1764003600000,"until":1764003600000})"), "until");
  EXPECT_EQ(blamed(R"({"host":"x","from":1764000000000,"until":1764003600000})"), "until");
  EXPECT_EQ(blamed(R"({"rule":"gpu","until":4000000000000})"), "rule");
  EXPECT_EQ(blamed(R"({"host":"x","from":1764000000000,"until":1764700000000,"repeat":"FREQ=DAILY"})"),
            "until");
  EXPECT_EQ(send("POST", "/api/v1/silences", R"({"host":7})").status, 400U);
}

TEST_F(AlertRoutes, TryARule) {
  EXPECT_EQ(send("POST", "/api/v1/settings/dry-run", R"({"rule":"cpu"})").status, 403U);
  const auto admin = [this](std::string_view body) {
    return send("POST", "/api/v1/settings/dry-run", body, running_server::admin);
  };
  EXPECT_EQ(admin(R"({"rule":"cpu","warning":80,"critical":null,"days":30})").status, 200U);
  for (const auto* wrong : {R"({})", R"({"rule":"gpu"})", R"({"rule":"cpu","days":0})",
                            R"({"rule":"cpu","margin":-1})", R"({"rule":"cpu","warning":"x"})"}) {
    EXPECT_EQ(admin(wrong).status, 400U) << wrong;
  }
}

}  // namespace
}  // namespace atlas::web
