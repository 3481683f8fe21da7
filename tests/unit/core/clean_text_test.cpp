#include "core/clean_text.hpp"

#include <gtest/gtest.h>

namespace atlas {
namespace {

TEST(CleanText, KeepsUtf8AndReplacesWhatIsNot) {
  EXPECT_EQ(clean_text("grün €\U0001F600", 256), "grün €\U0001F600");
  EXPECT_EQ(clean_text("a\xff\xc3(b\xed\xa0\x80", 256),
            "a?"
            "?(b???");
  EXPECT_EQ(clean_text("tab\there", 256), "tab?here");
}

TEST(CleanText, IsCutBetweenCharacters) {
  EXPECT_EQ(clean_text("aäb", 2), "a");
  EXPECT_EQ(clean_text("aäb", 3), "aä");
}

}  // namespace
}  // namespace atlas
