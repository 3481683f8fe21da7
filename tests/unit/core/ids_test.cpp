#include "core/host_id.hpp"
#include "core/org_id.hpp"
#include "core/role.hpp"
#include "tests/unit/core/make.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace atlas::test {
namespace {

TEST(OrgId, KeepsItsTextAndGivesItsSixteenBytes) {
  const auto id = make_org("0123abcd-4567-4abc-9def-0011223344ff");
  EXPECT_EQ(id.text(), "0123abcd-4567-4abc-9def-0011223344ff");
  EXPECT_EQ(id.short_text(), "0123abcd");
  const std::array<std::uint8_t, 16> expected{0x01, 0x23, 0xab, 0xcd, 0x45, 0x67, 0x4a, 0xbc,
                                              0x9d, 0xef, 0x00, 0x11, 0x22, 0x33, 0x44, 0xff};
  EXPECT_EQ(id.bytes(), expected);
}

TEST(OrgId, TakesEveryVariantOfRfc4122) {
  for (const char variant : std::string("89ab")) {
    auto text = std::string(org_text);
    text[19] = variant;
    EXPECT_TRUE(org_id::parse(text)) << text;
  }
}

TEST(OrgId, RefusesEverySpellingButTheCanonicalOne) {
  for (const auto* text : {"", "aaaaaaaa-0000-4000-8000-00000000000", "aaaaaaaa-0000-4000-8000-00000000000aa",
                           "AAAAAAAA-0000-4000-8000-00000000000a", "aaaaaaaa-0000-4000-8000-00000000000A",
                           "aaaaaaaa-0000-1000-8000-00000000000a", "aaaaaaaa-0000-4000-7000-00000000000a",
                           "aaaaaaaa-0000-4000-c000-00000000000a", "aaaaaaaa00004000800000000000000a",
                           "{aaaaaaa-0000-4000-8000-00000000000a", "aaaaaaaa_0000-4000-8000-00000000000a",
                           "gaaaaaaa-0000-4000-8000-00000000000a", " aaaaaaa-0000-4000-8000-00000000000a"}) {
    const auto id = org_id::parse(text);
    ASSERT_FALSE(id) << text;
    EXPECT_FALSE(id.error().what.empty());
  }
}

TEST(HostId, TakesLettersDigitsDotsUnderscoresAndHyphensUpToSixtyFour) {
  for (const auto& text : {std::string("a"), std::string("web-01.example_COM"), std::string("..."),
                           std::string("-"), std::string(64, 'x')}) {
    ASSERT_TRUE(host_id::parse(text)) << text;
    EXPECT_EQ(host_id::parse(text)->text(), text);
  }
}

TEST(HostId, RefusesWhatCouldLeaveItsTopicLevelOrItsFolder) {
  for (const auto& text :
       {std::string(""), std::string("."), std::string(".."), std::string(65, 'x'), std::string("a/b"),
        std::string("+"), std::string("#"), std::string("a b"), std::string("ä"), std::string("a\0b", 3),
        std::string("a:b"), std::string("a%"), std::string("$SYS")}) {
    EXPECT_FALSE(host_id::parse(text)) << text;
    EXPECT_FALSE(host_id::is_valid(text)) << text;
  }
}

TEST(HostId, ComparesAndHashesByItsText) {
  EXPECT_EQ(make_host("a"), make_host("a"));
  EXPECT_NE(make_host("a"), make_host("A"));
  EXPECT_LT(make_host("a"), make_host("aa"));
  EXPECT_EQ(std::hash<host_id>{}(make_host("abc")), std::hash<host_id>{}(make_host("abc")));
}

TEST(Role, ReadsWhatItWrites) {
  for (const role value : {role::viewer, role::operator_, role::admin}) {
    EXPECT_EQ(parse_role(to_string(value)).value(), value);
  }
  EXPECT_FALSE(parse_role("Admin"));
  EXPECT_FALSE(parse_role(""));
}

TEST(Role, IncludesTheOnesBeforeIt) {
  EXPECT_LT(role::viewer, role::operator_);
  EXPECT_LT(role::operator_, role::admin);
}

}  // namespace
}  // namespace atlas::test
