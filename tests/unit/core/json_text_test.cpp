#include "core/json_text.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace atlas::test {
namespace {

std::string number(double value) {
  std::string out;
  append_json_number(out, value);
  return out;
}

std::string as_json(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonText, WritesNumbersWithAtMostTwoDecimals) {
  EXPECT_EQ(number(0), "0");
  EXPECT_EQ(number(-0.0), "0");
  EXPECT_EQ(number(12), "12");
  EXPECT_EQ(number(12.5), "12.5");
  EXPECT_EQ(number(12.05), "12.05");
  EXPECT_EQ(number(0.005), "0.01");
  EXPECT_EQ(number(0.004), "0");
  EXPECT_EQ(number(-0.004), "0");
  EXPECT_EQ(number(-12.25), "-12.25");
  EXPECT_EQ(number(99.999), "100");
  EXPECT_EQ(number(9'999'999'999'999.99), "9999999999999.99");
}

TEST(JsonText, WritesLargeNumbersAsTheyAre) {
  for (const double value : {1e13, 1e15, 1.5e16, 0x1p63, -1e18, std::numeric_limits<double>::max()}) {
    EXPECT_EQ(nlohmann::json::parse(number(value)).get<double>(), value);
  }
}

TEST(JsonText, WritesNullForWhatIsNoNumber) {
  EXPECT_EQ(number(std::nan("")), "null");
  EXPECT_EQ(number(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(number(-std::numeric_limits<double>::infinity()), "null");
}

TEST(JsonText, WritesIntegersToTheirLimits) {
  std::string out;
  append_json_integer(out, std::numeric_limits<std::uint64_t>::max());
  out += ' ';
  append_json_integer(out, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(out, "18446744073709551615 -9223372036854775808");
}

TEST(JsonText, WritesTexts) {
  std::string out;
  append_json_strings(out, {});
  append_json_strings(out, {"[", "a\"b"});
  EXPECT_EQ(out, R"([]["[","a\"b"])");
}

TEST(JsonText, EscapesWhatJsonAsksFor) {
  EXPECT_EQ(as_json("plain /text"), R"("plain /text")");
  EXPECT_EQ(as_json("a\"b\\c\n"), R"("a\"b\\c\n")");
  EXPECT_EQ(as_json(std::string("\0\x1f", 2)), R"("\u0000\u001f")");
  EXPECT_EQ(as_json("Größe"), "\"Größe\"");
}

TEST(JsonText, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(as_json("a\xff"
                    "b"),
            "\"a\uFFFDb\"");
}

}  // namespace
}  // namespace atlas::test
