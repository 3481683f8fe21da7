#include "tests/unit/web/running_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace atlas::web {
namespace {

using namespace testing;
using ::testing::HasSubstr;

class LabelRoute : public ::testing::Test {
 protected:
  LabelRoute() {
    server_.receive("web-1", 1);
    server_.on_loop([this] {
      server_.labels.write = [this](const host_id& host, const host_label_change& change) {
        server_.apply(host_labelled{host, {change.note.value_or(""), change.tags.value_or(tags())}});
      };
    });
  }
  using tags = std::vector<std::string>;
  http_answer patch(std::string_view id, std::string_view body,
                    header_list headers = running_server::operator_) {
    headers.emplace_back("Content-Type", "application/json");
    return fetch(server_.port(), "PATCH", "/api/v1/hosts/" + std::string(id), headers, body);
  }
  running_server server_;
};

TEST_F(LabelRoute, AnswersWithTheHost) {
  const auto changed = parsed(patch("web-1", R"({"note":"rack 3\n<b>","tags":["office","office"," lab "]})"));
  EXPECT_EQ(changed.at("id"), "web-1");
  EXPECT_EQ(changed.at("note"), "rack 3\n<b>");
  EXPECT_EQ(changed.at("tags"), (tags{"office", "lab"}));
  EXPECT_TRUE(changed.contains("alerts"));
  const auto found = parsed(fetch(server_.port(), "GET", "/api/v1/hosts?tag=lab", running_server::viewer));
  EXPECT_EQ(found.at("hosts").size(), 1U);
  const auto emptied = parsed(patch("web-1", R"({"note":null,"tags":null})"));
  EXPECT_FALSE(emptied.contains("note") || emptied.contains("tags"));
  EXPECT_EQ(server_.from_loop<std::string>([this] { return server_.labels.written_by.at(0).name; }),
            "operate");
}

TEST_F(LabelRoute, RefusesWhatIsWrong) {
  const auto parameter = [&](std::string_view body) {
    const auto answer = patch("web-1", body);
    EXPECT_EQ(answer.status, 400U) << body;
    return parsed(answer).value("parameter", "");
  };
  EXPECT_EQ(parameter(R"({"note":7})"), "note");
  EXPECT_EQ(parameter(R"({"note":")" + std::string(4'001, 'x') + R"("})"), "note");
  EXPECT_EQ(parameter(R"({"tags":"office"})"), "tags");
  EXPECT_EQ(parameter(R"({"tags":[""]})"), "tags");
  EXPECT_EQ(parameter("{}"), "");
  EXPECT_EQ(patch("web-1", "[]").status, 400U);
  EXPECT_EQ(patch("nobody", R"({"note":"x"})").status, 404U);
  EXPECT_EQ(patch("web-1", R"({"note":"x"})", running_server::viewer).status, 403U);
  EXPECT_EQ(patch("web-1", R"({"note":"x"})", {}).status, 401U);
  EXPECT_EQ(patch("web-1", R"({"note":"broken"})").status, 503U);
  EXPECT_TRUE(server_.from_loop<bool>([this] { return server_.labels.written_by.empty(); }));
}

}  // namespace
}  // namespace atlas::web
