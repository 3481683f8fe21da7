#include "agent/collectors.hpp"
#include "tests/unit/agent/fixture_root.hpp"

#include <gtest/gtest.h>

namespace atlas::agent::test {
namespace {

class Network : public testing::Test {
 protected:
  Network() { test_time = {}; }

  std::vector<network_sample> collect(const std::string& lines) {
    root.write("/proc/net/dev",
               "Inter-|   Receive                |  Transmit\n face |bytes    packets |bytes\n" + lines);
    sample out;
    network->collect(out);
    return out.network;
  }

  fixture_root root;
  std::unique_ptr<collector> network = make_network_collector(root.path(), read_test_time);
};

TEST_F(Network, HasRatesFromTheSecondReadingOn) {
  EXPECT_TRUE(collect("  eth0: 1000 1 0 0 0 0 0 0 5000 1 0 0 0 0 0 0\n").empty());
  test_time += std::chrono::seconds(10);
  const auto now = collect("  eth0: 3000 1 0 0 0 0 0 0 5500 1 0 0 0 0 0 0\n");
  ASSERT_EQ(now.size(), 1U);
  EXPECT_EQ(now[0], (network_sample{"eth0", 200, 50}));
}

TEST_F(Network, LeavesOutLoopbackContainerLinksAndWhatIsNotInUse) {
  const std::string lines =
      "lo: 10 0 0 0 0 0 0 0 10 0 0 0 0 0 0 0\nveth12ab: 10 0 0 0 0 0 0 0 10 0 0 0 0 0 0 0\n"
      "eth1: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\nwlan0:10 0 0 0 0 0 0 0 10 0 0 0 0 0 0 0\n"
      "docker0: 10 0 0 0 0 0 0 0 10 0 0 0 0 0 0 0\n";
  collect(lines);
  test_time += std::chrono::seconds(1);
  const auto now = collect(lines);
  ASSERT_EQ(now.size(), 2U);
  EXPECT_EQ(now[0].name, "wlan0");
  EXPECT_EQ(now[1].name, "docker0");
}

TEST_F(Network, HasNoNegativeRates) {
  collect("eth0: 9000 0 0 0 0 0 0 0 9000 0 0 0 0 0 0 0\n");
  test_time += std::chrono::seconds(1);
  EXPECT_EQ(collect("eth0: 10 0 0 0 0 0 0 0 9500 0 0 0 0 0 0 0\n")[0], (network_sample{"eth0", 0, 500}));
  test_time += std::chrono::seconds(1);
  EXPECT_EQ(collect("eth0: 30 0 0 0 0 0 0 0 9500 0 0 0 0 0 0 0\n")[0], (network_sample{"eth0", 20, 0}));
}

TEST_F(Network, StartsAnewWithAnInterfaceThatCameBack) {
  collect("eth0: 1000 0 0 0 0 0 0 0 1000 0 0 0 0 0 0 0\n");
  test_time += std::chrono::seconds(1);
  EXPECT_TRUE(collect("").empty());
  test_time += std::chrono::seconds(1);
  EXPECT_TRUE(collect("eth0: 5000 0 0 0 0 0 0 0 5000 0 0 0 0 0 0 0\n").empty());
}

TEST_F(Network, LeavesOutLinesThatItDoesNotUnderstand) {
  const std::string lines = "eth0: many\n: 1 2\neth1\n";
  collect(lines);
  test_time += std::chrono::seconds(1);
  EXPECT_TRUE(collect(lines).empty());
}

}  // namespace
}  // namespace atlas::agent::test
