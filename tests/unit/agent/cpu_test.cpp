#include "agent/collectors.hpp"
#include "tests/unit/agent/fixture_root.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace atlas::agent::test {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

class Cpu : public testing::Test {
 protected:
  cpu_sample collect(const std::string& stat) {
    root.write("/proc/stat", stat);
    sample out;
    cpu->collect(out);
    return out.cpu;
  }

  fixture_root root;
  std::unique_ptr<collector> cpu = make_cpu_collector(root.path());
};

TEST_F(Cpu, IsBusyInAllButIdleAndIowait) {
  collect("cpu  100 10 50 1000 20 5 5 10 40 0\n");
  //       user nice system idle iowait irq softirq steal guest; guest is part of user already
  const auto now = collect("cpu  130 10 60 1040 30 5 5 20 60 0\n");
  EXPECT_NEAR(now.percent, 50, 0.001);
  EXPECT_NEAR(now.iowait.value(), 10, 0.001);
  EXPECT_NEAR(now.steal.value(), 10, 0.001);
}

TEST_F(Cpu, ShowsEachCore) {
  collect("cpu  0 0 0 0 0 0 0 0\ncpu0 0 0 0 0 0 0 0 0\ncpu1 0 0 0 0 0 0 0 0\nintr 1\n");
  const auto now =
      collect("cpu  150 0 0 50 0 0 0 0\ncpu0 100 0 0 0 0 0 0 0\ncpu1 50 0 0 50 0 0 0 0\nintr 2\n");
  EXPECT_THAT(now.cores, ElementsAre(DoubleNear(100, 0.001), DoubleNear(50, 0.001)));
}

TEST_F(Cpu, KeepsACoresPlaceWhileAnotherIsOffline) {
  collect("cpu0 0 0 0 100 0 0 0 0\ncpu1 0 0 0 100 0 0 0 0\ncpu2 0 0 0 100 0 0 0 0\n");
  const auto without = collect("cpu0 0 0 0 200 0 0 0 0\ncpu2 100 0 0 100 0 0 0 0\n");
  EXPECT_THAT(without.cores, ElementsAre(0, 0, DoubleNear(100, 0.001)));
  const auto back = collect("cpu0 0 0 0 300 0 0 0 0\ncpu1 90 0 0 10 0 0 0 0\ncpu2 150 0 0 150 0 0 0 0\n");
  EXPECT_THAT(back.cores, ElementsAre(0, 0, DoubleNear(50, 0.001)));
}

TEST_F(Cpu, TakesACounterThatGoesBackwardsAsNoTime) {
  collect("cpu  100 0 0 100 50 0 0 0\n");
  const auto now = collect("cpu  150 0 0 150 40 0 0 0\n");
  EXPECT_NEAR(now.percent, 50, 0.001);
  EXPECT_EQ(now.iowait, 0);
  const auto reset = collect("cpu  1 0 0 1 0 0 0 0\n");
  EXPECT_GE(reset.percent, 0);
  EXPECT_LE(reset.percent, 100);
}

TEST_F(Cpu, TakesTheShortLinesOfOldKernels) {
  collect("cpu  10 0 10 80\n");
  EXPECT_NEAR(collect("cpu  20 0 20 160\n").percent, 20, 0.001);
}

TEST_F(Cpu, ShowsTheLoad) {
  root.write("/proc/loadavg", "0.52 1.25 2.00 3/512 12345\n");
  EXPECT_THAT(collect("cpu  0 0 0 0\n").load.value(), ElementsAre(0.52, 1.25, 2.0));
}

TEST_F(Cpu, IsLeftOutWhereThereIsNothingToRead) {
  sample out;
  cpu->collect(out);
  EXPECT_EQ(out.cpu.percent, 0);
  EXPECT_TRUE(out.cpu.cores.empty());
  EXPECT_FALSE(out.cpu.load.has_value());
}

}  // namespace
}  // namespace atlas::agent::test
