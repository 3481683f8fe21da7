#include "web/isolation.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace atlas::web {
namespace {

nlohmann::json shown(const isolation_report& report) {
  std::string text;
  append_isolation(text, report);
  return nlohmann::json::parse(text);
}

TEST(Isolation, IsShownWithEachAttempt) {
  isolation_report report;
  report.state = isolation_state::failed;
  report.interval = 60;
  report.tried = from_unix_ms(2'000);
  report.attempts = {{"read", "read \"all\"", true}, {"write", "write all", false}};
  report.trouble = "none";
  EXPECT_EQ(report.breaches(), 1U);
  EXPECT_EQ(shown(report), nlohmann::json::parse(R"({
    "state": "failed", "interval": 60, "last_tried": 2000, "last_passed": null, "detail": "none",
    "attempts": [{"name": "read", "aim": "read \"all\"", "refused": true},
                 {"name": "write", "aim": "write all", "refused": false}]})"));
}

TEST(Isolation, IsShownBeforeTheFirstRound) {
  isolation_report report;
  report.state = isolation_state::unknown;
  EXPECT_EQ(shown(report)["attempts"], nlohmann::json::array());
  EXPECT_EQ(shown(report)["state"], "unknown");
}

}  // namespace
}  // namespace atlas::web
