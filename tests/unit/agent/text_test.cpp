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

}  // namespace
}  // namespace atlas::agent
