#include "sim/trace.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace atlas::sim {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t monday = 1'764'000'000'000;  // 2025-11-24T16:00:00Z

std::string mistake(const std::string& text) {
  const auto parsed = parse_trace(text, "cpu.csv");
  return parsed ? std::string("none") : parsed.error().where + ": " + parsed.error().what;
}

TEST(Trace, TakesEverySpellingOfATime) {
  for (const std::string first :
       {"2025-11-24T16:00:00Z", "2025-11-24 16:00:00", "2025-11-24T16:00", "2025-11-24T16:00:00.000Z",
        "2025-11-24T17:30:00+01:30", "2025-11-24T15:00:00-0100", "1764000000", "1764000000.0",
        "1764000000000"}) {
    const auto rows = parse_trace(first + ",1\n1764000005,2\n", "x");
    ASSERT_TRUE(rows) << first << ": " << rows.error().what;
    EXPECT_EQ(to_int(rows->front().at), monday) << first;
  }
}

TEST(Trace, TakesHeadersBlankLinesQuotesAndOtherLineEnds) {
  const std::vector<std::string> texts{
      "timestamp,value\n1764000000,12.5\n1764000005,13\n", "1764000000,12.5\r\n\r\n1764000005,13",
      "\xEF\xBB\xBFtime;cpu\n\"1764000000\";\"12.5\"\n1764000005;13\n", "1764000000\t12.5\n1764000005\t13\n"};
  for (const auto& text : texts) {
    const auto rows = parse_trace(text, "x");
    ASSERT_TRUE(rows) << text << ": " << rows.error().what;
    EXPECT_EQ(*rows, (trace{{from_unix_ms(monday), 12.5}, {from_unix_ms(monday + 5'000), 13}}));
  }
}

TEST(Trace, NamesTheLineThatIsWrong) {
  const std::string good = "timestamp,value\n1764000000,1\n";
  const std::vector<std::pair<std::string, std::string>> cases{
      {good + "1764000005,101\n", "cpu.csv:3: '101' is no percentage"},
      {good + "1764000005,-1\n", "cpu.csv:3: '-1' is no percentage"},
      {good + "1764000005,nan\n", "cpu.csv:3: 'nan'"},
      {good + "1764000005,\n", "cpu.csv:3: '' is no percentage"},
      {good + "1764000005,1,2\n", "cpu.csv:3: '1,2' is no percentage"},
      {good + "\n1764000005\n", "cpu.csv:4: needs a time and a value"},
      {good + "yesterday,5\n", "cpu.csv:3: 'yesterday' is no time"},
      {good + "2025-02-30T00:00:00Z,5\n", "cpu.csv:3: '2025-02-30T00:00:00Z' is no time"},
      {good + "1764000000,5\n", "cpu.csv:3: its time is not later"},
      {good + "1e300,5\n", "cpu.csv:3: '1e300' is no time"},
      {good + "\x1b[31m,5\n", "cpu.csv:3: '?[31m' is no time"},
      {good, "cpu.csv: needs two rows"},
      {"", "cpu.csv: needs two rows"},
      {"timestamp,value\nvalue,timestamp\n", "cpu.csv:2:"}};
  for (const auto& [text, what] : cases) EXPECT_THAT(mistake(text), HasSubstr(what));
}

TEST(TracePlayer, GivesTheMeanOverTheTimeThatPassed) {
  trace_player player({{from_unix_ms(0), 10}, {from_unix_ms(1'000), 30}, {from_unix_ms(2'000), 90}}, false);
  EXPECT_DOUBLE_EQ(player.advance(milliseconds(0)), 10);  // nothing has passed yet
  EXPECT_DOUBLE_EQ(player.advance(milliseconds(500)), 10);
  EXPECT_DOUBLE_EQ(player.advance(milliseconds(1'500)), 20);
  EXPECT_DOUBLE_EQ(player.advance(milliseconds(3'000)), 70);
  EXPECT_TRUE(player.has_ended(milliseconds(3'000)));
  EXPECT_FALSE(player.has_ended(milliseconds(2'999)));
  EXPECT_DOUBLE_EQ(player.advance(milliseconds(60'000)), 90);  // it stays where it ended
}

TEST(TracePlayer, BeginsAgainInALoop) {
  trace_player player({{from_unix_ms(0), 10}, {from_unix_ms(1'000), 30}}, true);
  EXPECT_DOUBLE_EQ(player.advance(milliseconds(2'000)), 20);
  EXPECT_DOUBLE_EQ(player.advance(milliseconds(3'000)), 10);
  EXPECT_NEAR(player.advance(milliseconds(3'000'000'000)), 20, 0.001);
  EXPECT_FALSE(player.has_ended(milliseconds(1'000'000)));
}

}  // namespace
}  // namespace atlas::sim
