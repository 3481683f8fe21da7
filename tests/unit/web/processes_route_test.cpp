#include "tests/unit/web/running_server.hpp"

#include <gtest/gtest.h>

namespace atlas::web {
namespace {

using namespace testing;

class ProcessesRoute : public ::testing::Test {
 protected:
  http_answer get(std::string_view id, header_list headers = running_server::operator_) {
    return fetch(server_.port(), "GET", "/api/v1/hosts/" + std::string(id) + "/processes", headers);
  }
  running_server server_;
};

TEST_F(ProcessesRoute, TellsWhatTheHostSays) {
  server_.receive("web-1", 1);
  server_.on_loop([this] {
    server_.questions.says = processes_reply{std::nullopt, {{7, "</script>", "www", 12.5, 4096}}};
  });
  const auto answer = parsed(get("web-1"));
  EXPECT_EQ(answer.at("host"), "web-1");
  EXPECT_GT(answer.at("ts").get<std::int64_t>(), 1'700'000'000'000);
  EXPECT_EQ(answer.at("processes"),
            nlohmann::json::parse(R"([{"pid":7,"name":"</script>","user":"www","cpu":12.5,"memory":4096}])"));
  EXPECT_EQ(get("web-1", running_server::viewer).status, 403U);
}

TEST_F(ProcessesRoute, TellsWhyThereAreNone) {
  EXPECT_EQ(get("nobody").status, 404U);
  EXPECT_EQ(get("a%20b").status, 404U);
  server_.receive("web-1", 1);
  EXPECT_EQ(get("web-1").status, 504U);
  server_.on_loop([this] { server_.questions.says = tl::unexpected(host_desk::failure::busy); });
  EXPECT_EQ(get("web-1").status, 503U);
  server_.on_loop([this] { server_.questions.says = processes_reply{"no /proc", {}}; });
  EXPECT_EQ(get("web-1").status, 502U);
  EXPECT_EQ(parsed(get("web-1")).at("detail"), "the host cannot tell: no /proc");
}

TEST_F(ProcessesRoute, AsksOnlyAHostThatIsOnline) {
  server_.on_loop([this] { server_.apply(host_registered{*host_id::parse("new")}); });
  EXPECT_EQ(get("new").status, 409U);
}

}  // namespace
}  // namespace atlas::web
