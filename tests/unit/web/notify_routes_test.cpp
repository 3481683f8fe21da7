#include "tests/unit/web/running_server.hpp"

#include <gmock/gmock.h>

namespace atlas::web {
namespace {

using namespace testing;

class NotifyRoutes : public ::testing::Test {
 protected:
  void add_channels() {
    server_.on_loop([this] {
      channel_report good;
      good.name = "ops";
      good.type = channel_type::slack;
      good.sent = 3;
      good.last_sent = from_unix_ms(1764000000000);
      channel_report bad;
      bad.name = "mail";
      bad.type = channel_type::email;
      bad.waiting = 2;
      bad.trouble = "says \"no\"";
      bad.failing_since = from_unix_ms(1764000060000);
      server_.messages.list = {good, bad};
    });
  }
  http_answer get(header_list headers = running_server::admin) {
    return fetch(server_.port(), "GET", "/api/v1/settings/notify", headers);
  }
  http_answer test(std::string_view body, header_list headers = running_server::admin) {
    headers.emplace_back("Content-Type", "application/json");
    return fetch(server_.port(), "POST", "/api/v1/settings/notify-test", headers, body);
  }
  running_server server_;
};

TEST_F(NotifyRoutes, ShowHowEachChannelIsDoing) {
  EXPECT_EQ(get().body, R"({"channels":[]})");
  add_channels();
  const auto channels = parsed(get()).at("channels");
  EXPECT_EQ(channels[0], nlohmann::json::parse(R"({"name":"ops","type":"slack","sent":3,"waiting":0,"dead":0,
      "trouble":"","failing_since":null,"last_sent":1764000000000})"));
  EXPECT_EQ(channels[1], nlohmann::json::parse(R"({"name":"mail","type":"email","sent":0,"waiting":2,"dead":0,
      "trouble":"says \"no\"","failing_since":1764000060000,"last_sent":null})"));
  EXPECT_EQ(get(running_server::operator_).status, 403U);
}

TEST_F(NotifyRoutes, SendATestThroughOneChannelOrAll) {
  EXPECT_EQ(test("{}").status, 404U) << "there is none";
  add_channels();
  EXPECT_EQ(parsed(test(R"({"channel":"ops"})")),
            nlohmann::json::parse(R"({"results":[{"channel":"ops","delivered":true,"trouble":""}]})"));
  EXPECT_EQ(parsed(test("{}")).at("results").size(), 2U);
  EXPECT_EQ(parsed(test("{}")).at("results")[1].at("trouble"), "says \"no\"");
  EXPECT_EQ(test(R"({"channel":"nobody"})").status, 404U);
  EXPECT_EQ(test(R"({"channel":7})").status, 400U);
  EXPECT_EQ(test("{}", running_server::operator_).status, 403U);
  EXPECT_EQ(server_.from_loop<std::size_t>([this] { return server_.messages.tested_by.size(); }), 3U);
}

}  // namespace
}  // namespace atlas::web
