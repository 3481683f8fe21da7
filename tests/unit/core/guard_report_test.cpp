#include "core/guard_report.hpp"

#include <string>

#include <gtest/gtest.h>

namespace atlas::test {
namespace {

TEST(GuardReport, ComesBackAsItWasWritten) {
  const guard_report report{1, 2, 3, 4, 5, 6, 7};
  EXPECT_EQ(parse_guard_report(format_guard_report(report)).value(), report);
}

TEST(GuardReport, ThatIsNoneIsRefusedByItsPath) {
  auto text = format_guard_report({});
  EXPECT_FALSE(parse_guard_report(""));
  EXPECT_FALSE(parse_guard_report("{}"));
  EXPECT_FALSE(parse_guard_report("[1]"));
  text.replace(text.find("\"messages\":0"), 12, "\"messages\":\"\"");
  EXPECT_EQ(parse_guard_report(text).error().where, "/messages");
}

}  // namespace
}  // namespace atlas::test
