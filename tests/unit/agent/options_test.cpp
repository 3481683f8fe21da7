#include "agent/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace atlas::agent {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Options, TakeEverySetting) {
  const auto chosen = parse_options({"--config",
                                     "c.json",
                                     "--server-url=mqtts://b:1",
                                     "--organization-id",
                                     "u",
                                     "--host-id",
                                     "h",
                                     "--password-file",
                                     "p",
                                     "--ca-file",
                                     "ca",
                                     "--report-interval",
                                     "1",
                                     "--retry-interval",
                                     "2",
                                     "--connection-timeout=3",
                                     "--tag",
                                     "a",
                                     "--tag",
                                     "b",
                                     "--root",
                                     "/host",
                                     "--once",
                                     "--verbose"});
  ASSERT_TRUE(chosen.has_value());
  EXPECT_EQ(chosen->config_file, "c.json");
  EXPECT_EQ(chosen->root, "/host");
  EXPECT_TRUE(chosen->once && chosen->verbose && !chosen->help);
  EXPECT_EQ(chosen->said.server_url->value, "mqtts://b:1");
  EXPECT_EQ(chosen->said.server_url->where, "--server-url");
  EXPECT_EQ(chosen->said.connection_timeout->value, 3U);
  EXPECT_THAT(chosen->said.tags->value, ElementsAre("a", "b"));
}

TEST(Options, ReportEveryMistakeAtOnce) {
  const auto chosen =
      parse_options({"--foo", "--report-interval", "x", "--once=1", "stray", "--password", "--host-id"});
  ASSERT_FALSE(chosen.has_value());
  std::vector<std::string> flags;
  for (const auto& one : chosen.error()) flags.push_back(one.where);
  EXPECT_THAT(flags, ElementsAre("--foo", "--report-interval", "--once", "stray", "--password", "--host-id"));
}

TEST(Options, OfferNoPasswordOnTheCommandLine) {
  const auto chosen = parse_options({"--password=secret"});
  ASSERT_FALSE(chosen.has_value());
  EXPECT_THAT(chosen.error()[0].what, HasSubstr("--password-file"));
  EXPECT_THAT(chosen.error()[0].where, testing::Not(HasSubstr("secret")));
}

TEST(Options, AreAllInTheHelp) {
  for (const char* flag : {"--config", "--server-url", "--organization-id", "--host-id", "--password-file",
                           "--ca-file", "--report-interval", "--retry-interval", "--connection-timeout",
                           "--tag", "--root", "--once", "--verbose", "--version"}) {
    EXPECT_THAT(std::string(help_text), HasSubstr(flag));
  }
}

}  // namespace
}  // namespace atlas::agent
