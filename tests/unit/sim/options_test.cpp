#include "sim/options.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace atlas::sim {
namespace {

using ::testing::HasSubstr;

TEST(SimOptions, HaveDefaults) {
  const auto chosen = parse_options({"--org", "acme"}).value();
  EXPECT_EQ(chosen.hosts, 10U);
  EXPECT_EQ(chosen.interval, milliseconds(10'000));
  EXPECT_FALSE(chosen.duration);
  EXPECT_EQ(parse_options({"--org", "acme", "--trace", "x"})->hosts, 1U);
}

TEST(SimOptions, TakeTimesAndNumbers) {
  const auto chosen = parse_options({"--org", "acme", "--interval", "500ms", "--duration", "2h", "--speed",
                                     "1.5", "--hosts", "900", "--seed", "7", "--add", "--json"})
                          .value();
  EXPECT_EQ(chosen.interval, milliseconds(500));
  EXPECT_EQ(chosen.duration, milliseconds(7'200'000));
  EXPECT_DOUBLE_EQ(chosen.speed, 1.5);
  EXPECT_EQ(chosen.hosts, 900U);
  EXPECT_EQ(chosen.seed, 7U);
  EXPECT_TRUE(chosen.add && chosen.json);
  EXPECT_EQ(parse_options({"--org", "a", "--duration", "5"})->duration, milliseconds(5'000));
}

TEST(SimOptions, NameTheFlagThatIsWrong) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
      {{}, "--org"},
      {{"--org", "a", "--hosts", "0"}, "--hosts"},
      {{"--org", "a", "--hosts", "901"}, "from 1 to 900"},
      {{"--org", "a", "--interval", "1ms"}, "--interval"},
      {{"--org", "a", "--interval", "soon"}, "--interval"},
      {{"--org", "a", "--speed", "0"}, "--speed"},
      {{"--org", "a", "--speed", "nan"}, "--speed"},
      {{"--org", "a", "--duration", "10y"}, "--duration"},
      {{"--org", "a", "--prefix", "no spaces"}, "--prefix"},
      {{"--org", "a", "--loop"}, "--trace"},
      {{"--org", "a", "--no-such"}, "no-such"},
      {{"--org", "a", "word"}, "--help"}};
  for (const auto& [arguments, what] : cases) {
    const auto chosen = parse_options(arguments);
    ASSERT_FALSE(chosen) << what;
    EXPECT_THAT(chosen.error().where + ": " + chosen.error().what, HasSubstr(what));
  }
}

}  // namespace
}  // namespace atlas::sim
