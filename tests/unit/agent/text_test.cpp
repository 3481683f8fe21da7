#include "agent/text.hpp"

#include <gtest/gtest.h>

namespace atlas::agent {
namespace {

TEST(Text, IsTakenLineByLineAndWordByWord) {
  std::string_view rest = "  one\ttwo \nthree";
  auto line = take_line(rest);
  EXPECT_EQ(take_word(line), "one");
  EXPECT_EQ(take_word(line), "two");
  EXPECT_EQ(take_word(line), "");
  EXPECT_EQ(take_line(rest), "three");
  EXPECT_TRUE(rest.empty());
}

TEST(Text, IsANumberOnlyAsAWhole) {
  EXPECT_EQ(to_number<int>("42"), 42);
  EXPECT_EQ(to_number<int>("42 kB"), std::nullopt);
  EXPECT_EQ(to_number<int>(""), std::nullopt);
  EXPECT_EQ(to_number<unsigned char>("256"), std::nullopt);
}

TEST(Text, KeepsUtf8AndReplacesWhatIsNot) {
  EXPECT_EQ(clean_text("grün €\U0001F600", 256), "grün €\U0001F600");
  EXPECT_EQ(clean_text("a\xff\xc3(b\xed\xa0\x80", 256),
            "a?"
            "?(b???");
  EXPECT_EQ(clean_text("tab\there", 256), "tab?here");
}

TEST(Text, IsCutBetweenCharacters) {
  EXPECT_EQ(clean_text("aäb", 2), "a");
  EXPECT_EQ(clean_text("aäb", 3), "aä");
}

}  // namespace
}  // namespace atlas::agent
