#include "core/ack.hpp"

#include <gtest/gtest.h>

namespace atlas::test {
namespace {

std::string where(std::string_view payload) {
  const auto ack = parse_ack(payload);
  return ack ? "" : ack.error().where;
}

TEST(Ack, ComesBackAsItWasWritten) {
  const sample_ack all{"5f0c", 42, {}};
  EXPECT_EQ(format_ack(all), R"({"boot":"5f0c","seq":42})");
  EXPECT_EQ(parse_ack(format_ack(all)).value(), all);
  const sample_ack gaps{"5f0c", 42, {{17, 17}, {30, 35}}};
  EXPECT_EQ(format_ack(gaps), R"({"boot":"5f0c","seq":42,"missing":[[17,17],[30,35]]})");
  EXPECT_EQ(parse_ack(format_ack(gaps)).value(), gaps);
}

TEST(Ack, CoversAllUpToItsNumberButWhatIsMissing) {
  const sample_ack ack{"5f0c", 42, {{0, 3}, {17, 17}, {41, 42}}};
  for (const std::uint64_t stored : {4, 16, 18, 40}) EXPECT_TRUE(ack.covers(stored)) << stored;
  for (const std::uint64_t open : {0, 3, 17, 41, 42, 43}) EXPECT_FALSE(ack.covers(open)) << open;
}

TEST(Ack, SaysLessWhereMoreIsMissingThanItHasRoomFor) {
  sample_ack ack{"5f0c", 1'000, {}};
  for (std::uint64_t n = 1; n <= 2 * sample_ack::max_missing; ++n) ack.missing.push_back({10 * n, 10 * n});
  const auto said = parse_ack(format_ack(ack)).value();
  EXPECT_EQ(said.missing.size(), sample_ack::max_missing);
  EXPECT_EQ(said.seq, 649U);
}

TEST(Ack, StaysWithinItsSizeAtItsLargest) {
  constexpr auto most = std::uint64_t{1} << 63;
  sample_ack ack{std::string(64, 'x'), most, {}};
  for (std::uint64_t n = 2 * sample_ack::max_missing; n > 0; n -= 2)
    ack.missing.push_back({most - n, most - n});
  EXPECT_EQ(parse_ack(format_ack(ack)).value(), ack);
}

TEST(Ack, ThatIsNoneIsRefusedByItsPath) {
  EXPECT_EQ(where(""), "/");
  EXPECT_EQ(where("[]"), "/");
  EXPECT_EQ(where(R"({"seq":1})"), "/boot");
  EXPECT_EQ(where(R"({"boot":"","seq":1})"), "/boot");
  EXPECT_EQ(where(R"({"boot":")" + std::string(65, 'x') + R"(","seq":1})"), "/boot");
  EXPECT_EQ(where(R"({"boot":"a"})"), "/seq");
  EXPECT_EQ(where(R"({"boot":"a","seq":-1})"), "/seq");
  EXPECT_EQ(where(R"({"boot":"a","seq":1.5})"), "/seq");
  EXPECT_EQ(where(R"({"boot":"a","seq":1,"missing":{}})"), "/missing");
  EXPECT_EQ(where(R"({"boot":"a","seq":9,"missing":[[1,2],[5]]})"), "/missing/1");
  EXPECT_EQ(where(R"({"boot":"a","seq":9,"missing":[[1,2],[2,3]]})"), "/missing/1");
  EXPECT_EQ(where(R"({"boot":"a","seq":9,"missing":[[3,2]]})"), "/missing/0");
  EXPECT_EQ(where(R"({"boot":"a","seq":9,"missing":[[3,10]]})"), "/missing/0");
  std::string many = "[0,0]";
  for (int n = 1; n <= 64; ++n) many += ",[" + std::to_string(n) + "," + std::to_string(n) + "]";
  EXPECT_EQ(where(R"({"boot":"a","seq":99,"missing":[)" + many + "]}"), "/missing");
  EXPECT_EQ(where(R"({"boot":"a","seq":1})" + std::string(8 * 1024, ' ')), "/");
}

}  // namespace
}  // namespace atlas::test
