#include "tests/unit/web/running_server.hpp"

#include <gmock/gmock.h>

namespace atlas::web {
namespace {

using namespace testing;
using ::testing::HasSubstr;

class SettingsRoutes : public ::testing::Test {
 protected:
  http_answer get(const header_list& headers = running_server::admin) {
    return fetch(server_.port(), "GET", "/api/v1/settings", headers);
  }
  http_answer patch(std::string_view body, header_list headers = running_server::admin) {
    headers.emplace_back("Content-Type", "application/json");
    return fetch(server_.port(), "PATCH", "/api/v1/settings", headers, body);
  }
  running_server server_;
};

TEST_F(SettingsRoutes, AreForAdministrators) {
  EXPECT_EQ(get().status, 200U);
  EXPECT_EQ(get().body, R"({"organization":{"name":"Acme Corp"}})");
  EXPECT_EQ(get(running_server::operator_).status, 403U);
  EXPECT_EQ(get(running_server::viewer).status, 403U);
  EXPECT_EQ(patch("{}", running_server::operator_).status, 403U);
  EXPECT_EQ(patch("{}", {}).status, 401U);
  EXPECT_TRUE(server_.from_loop<bool>([this] { return server_.settings.changed_by.empty(); }));
}

TEST_F(SettingsRoutes, AnswerAChangeWithTheWhole) {
  const auto changed = patch(R"({"alerts":{"cpu_threshold":80}})");
  EXPECT_EQ(changed.status, 200U);
  EXPECT_EQ(changed.body, get().body);
  EXPECT_EQ(parsed(changed).at("alerts").at("cpu_threshold"), 80);
  const auto by = server_.from_loop<actor>([this] { return server_.settings.changed_by.at(0); });
  EXPECT_EQ(by.name, "administer");
  EXPECT_EQ(by.address, "127.0.0.1");
}

TEST_F(SettingsRoutes, SayWhichMemberIsWrong) {
  const auto refused = patch(R"({"alerts":{"cpu_threshold":"bad"}})");
  EXPECT_EQ(refused.status, 400U);
  EXPECT_EQ(parsed(refused).at("parameter"), "alerts.cpu_threshold");
  EXPECT_THAT(std::string(parsed(refused).at("detail")), HasSubstr("alerts.notify cannot be changed here"));
  EXPECT_EQ(patch(R"({"broken":1})").status, 503U);
}

TEST_F(SettingsRoutes, ShowANewBrandingAtOnce) {
  server_.on_loop([this] {
    auto brand = acme();
    brand.title = "Acme Works";
    brand.primary_color = "#123456";
    brand.logo_url = "http://logo.example/a.png";
    server_.web->rebrand(brand);
  });
  const auto shown = fetch(server_.port(), "GET", "/api/v1/branding", {});
  EXPECT_EQ(parsed(shown).at("title"), "Acme Works");
  EXPECT_EQ(parsed(shown).at("primary_color"), "#123456");
  EXPECT_THAT(fetch(server_.port(), "GET", "/manifest.webmanifest", {}).body, HasSubstr("Acme Works"));
  EXPECT_THAT(shown.header("content-security-policy"), HasSubstr("http://logo.example"));
}

}  // namespace
}  // namespace atlas::web
