#include "agent/collectors.hpp"
#include "agent/linux/space_probe.hpp"
#include "tests/unit/agent/fixture_root.hpp"

#include <filesystem>

#include <gtest/gtest.h>

namespace atlas::agent::test {
namespace {

class Disks : public testing::Test {
 protected:
  Disks() {
    test_time = {};
    root.make_folder("/data");
    root.write("/proc/self/mountinfo",
               "26 1 8:1 / / rw - ext4 /dev/sda1 rw\n27 26 0:31 / /data rw - btrfs /dev/mapper/data rw\n");
    root.make_folder("/dev/mapper");
    std::filesystem::create_symlink("../dm-0", root.path("/dev/mapper/data"));
  }

  void set_counters(int read, int written) {
    root.write("/proc/diskstats", "   8       1 sda1 10 0 " + std::to_string(read) + " 5 20 0 " +
                                      std::to_string(written) + " 7 0 0 0\n 253 0 dm-0 1 0 " +
                                      std::to_string(read * 2) + " 0 1 0 " + std::to_string(written * 2) +
                                      " 0 0 0 0\n");
  }

  std::vector<disk_sample> collect() {
    sample out;
    disks->collect(out);
    return out.disks;
  }

  fixture_root root;
  std::unique_ptr<collector> disks = make_disk_collector(root.path(), read_test_time);
};

TEST_F(Disks, AgreeWithTheKernelAndWithDf) {
  const auto now = collect();
  ASSERT_EQ(now.size(), 2U);
  EXPECT_EQ(now[0].mount, "/");
  EXPECT_EQ(now[0].device, "/dev/sda1");
  EXPECT_EQ(now[0].fs, "ext4");
  EXPECT_EQ(now[1].mount, "/data");
  const auto space = space_of(root.path()).value();
  EXPECT_EQ(now[0].total, space.total);
  const double used = static_cast<double>(space.used);
  EXPECT_NEAR(now[0].percent, 100 * used / (used + static_cast<double>(space.available)), 0.5);
}

TEST_F(Disks, ShowTheRootOfAChrootThatNoMountTableNames) {
  root.write("/proc/self/mountinfo", "41 26 0:38 / /proc rw,relatime - proc proc rw\n");
  const auto now = collect();
  ASSERT_EQ(now.size(), 1U);
  EXPECT_EQ(now[0].mount, "/");
  EXPECT_EQ(now[0].total, space_of(root.path()).value().total);
}

TEST_F(Disks, HaveRatesFromTheSecondReadingOn) {
  set_counters(1000, 2000);
  EXPECT_FALSE(collect()[0].read_bps.has_value());
  set_counters(1100, 2400);
  test_time += std::chrono::seconds(2);
  const auto now = collect();
  EXPECT_EQ(now[0].read_bps, 100 * 512 / 2.0);
  EXPECT_EQ(now[0].write_bps, 400 * 512 / 2.0);
  EXPECT_EQ(now[1].read_bps, 200 * 512 / 2.0) << "found by its name, through the link";
}

TEST_F(Disks, HaveNoNegativeRates) {
  set_counters(1000, 2000);
  collect();
  set_counters(10, 20);
  test_time += std::chrono::seconds(1);
  EXPECT_EQ(collect()[0].read_bps, 0);
}

TEST_F(Disks, HaveNoRatesWhereTheKernelCountsNone) { EXPECT_FALSE(collect()[0].read_bps.has_value()); }

TEST_F(Disks, DoNotShowBindMountsOfSingleFiles) {
  root.write("/etc/hosts", "");
  root.write(
      "/proc/self/mountinfo",
      "26 1 0:40 / / rw - overlay overlay rw\n27 26 8:1 /docker/hosts /etc/hosts rw - ext4 /dev/sda1 rw\n"
      "28 26 8:1 /docker/volume /data rw - ext4 /dev/sda1 rw\n");
  const auto now = collect();
  ASSERT_EQ(now.size(), 2U);
  EXPECT_EQ(now[0].mount, "/");
  EXPECT_EQ(now[1].mount, "/data");
}

TEST_F(Disks, AreLeftOutWhereThereIsNothingToRead) {
  root.remove("/proc");
  EXPECT_TRUE(collect().empty());
}

}  // namespace
}  // namespace atlas::agent::test
