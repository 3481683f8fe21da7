#include "agent/collectors.hpp"
#include "tests/unit/agent/fixture_root.hpp"

#include <gtest/gtest.h>

namespace atlas::agent::test {
namespace {

memory_sample collect(const std::string& meminfo) {
  const fixture_root root;
  root.write("/proc/meminfo", meminfo);
  sample out;
  make_memory_collector(root.path())->collect(out);
  return out.memory;
}

TEST(Memory, IsUsedWhereItIsNotAvailable) {
  const auto now = collect(
      "MemTotal:        1000 kB\nMemFree:          100 kB\nMemAvailable:     400 kB\nBuffers:           10 "
      "kB\n"
      "Cached:           300 kB\nSwapCached:         0 kB\nSwapTotal:        500 kB\nSwapFree:         450 "
      "kB\n");
  EXPECT_EQ(now.total, 1000U * 1024);
  EXPECT_EQ(now.available, 400U * 1024);
  EXPECT_EQ(now.used, 600U * 1024);
  EXPECT_NEAR(now.percent, 60, 0.001);
  EXPECT_EQ(now.swap_total, 500U * 1024);
  EXPECT_EQ(now.swap_used, 50U * 1024);
}

TEST(Memory, CountsCachesAsAvailableOnKernelsThatDoNotSay) {
  const auto now = collect("MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 50 kB\nCached: 350 kB\n");
  EXPECT_EQ(now.available, 500U * 1024);
  EXPECT_NEAR(now.percent, 50, 0.001);
  EXPECT_FALSE(now.swap_total.has_value());
}

TEST(Memory, NeverExceedsTheTotal) {
  const auto now = collect("MemTotal: 1000 kB\nMemAvailable: 2000 kB\nSwapTotal: 10 kB\nSwapFree: 20 kB\n");
  EXPECT_EQ(now.used, 0U);
  EXPECT_EQ(now.swap_used, 0U);
}

TEST(Memory, IsLeftOutWhereItCannotBeRead) {
  EXPECT_EQ(collect("nonsense\n\nMemTotal: many kB\n"), memory_sample{});
}

}  // namespace
}  // namespace atlas::agent::test
