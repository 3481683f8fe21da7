#include "agent/inventory.hpp"

#include "tests/unit/agent/fixture_root.hpp"

#include <gtest/gtest.h>

namespace atlas::agent::test {
namespace {

TEST(Inventory, SaysWhatTheMachineIs) {
  const fixture_root root;
  root.write("/etc/os-release", "NAME=Debian\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
  root.write("/proc/sys/kernel/osrelease", "6.1.0-21-amd64\n");
  root.write("/proc/sys/kernel/hostname", "web-1.example.com\n");
  root.write("/proc/stat", "cpu  1 2 3\ncpu0 1\ncpu1 1\nintr 5\n");
  root.write("/proc/meminfo", "MemTotal:       16384 kB\n");
  root.write("/sys/class/dmi/id/product_name", "PowerEdge R650\n");
  const auto info = read_inventory(root.path());
  EXPECT_EQ(info.os, "linux");
  EXPECT_EQ(info.version, "Debian GNU/Linux 12 (bookworm)");
  EXPECT_EQ(info.kernel, "6.1.0-21-amd64");
  EXPECT_EQ(info.hostname, "web-1.example.com");
  EXPECT_EQ(info.model, "PowerEdge R650");
  EXPECT_EQ(info.cores, 2U);
  EXPECT_EQ(info.memory, 16384U * 1024);
  EXPECT_EQ(info.agent_version, ATLAS_VERSION);
  EXPECT_FALSE(info.arch.empty());
}

TEST(Inventory, NamesTheProcessorWhereTheMakerWroteNothing) {
  const fixture_root root;
  root.write("/sys/class/dmi/id/product_name", "To Be Filled By O.E.M.\n");
  root.write("/proc/cpuinfo", "processor\t: 0\nmodel name\t: AMD EPYC 7763\n");
  EXPECT_EQ(read_inventory(root.path()).model, "AMD EPYC 7763");
}

TEST(Inventory, OfAnEmptyMachineIsEmpty) {
  const fixture_root root;
  const auto info = read_inventory(root.path());
  EXPECT_EQ(info.cores, 0U);
  EXPECT_TRUE(info.version.empty());
}

}  // namespace
}  // namespace atlas::agent::test
