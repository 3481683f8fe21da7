#include "agent/linux/mount_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace atlas::agent {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> points(std::string_view mountinfo) {
  std::vector<std::string> found;
  for (const auto& one : real_mounts(parse_mountinfo(mountinfo))) found.push_back(one.point);
  return found;
}

TEST(MountTable, UndoesTheEscapes) {
  const auto all =
      parse_mountinfo(R"(36 35 8:17 / /media/my\040disk\134x rw shared:1 master:2 - ext4 /dev/sdb\0401 rw)");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0], (mount{"8:17", "/", R"(/media/my disk\x)", "ext4", "/dev/sdb 1"}));
}

TEST(MountTable, LeavesOutLinesThatItDoesNotUnderstand) {
  EXPECT_THAT(
      parse_mountinfo("\n1 2 3\n36 35 8:1 / /a rw ext4 /dev/sda1 rw\n36 35 8:1 / a rw - ext4 /dev/sda1 rw\n"),
      IsEmpty());
}

TEST(MountTable, KeepsFileSystemsThatHoldFiles) {
  EXPECT_THAT(points("21 26 0:20 / /proc rw - proc proc rw\n"
                     "22 26 0:21 / /sys rw - sysfs sysfs rw\n"
                     "23 26 0:6 / /dev rw - devtmpfs devtmpfs rw\n"
                     "24 23 0:22 / /dev/shm rw - tmpfs tmpfs rw\n"
                     "26 1 254:0 / / rw - ext4 /dev/vda rw\n"
                     "27 26 8:1 / /home rw - xfs /dev/sda1 rw\n"
                     "28 26 7:0 / /snap/core/1 ro - squashfs /dev/loop0 ro\n"
                     "29 26 0:50 / /var/lib/docker/overlay2/a/merged rw - overlay overlay rw\n"
                     "30 26 0:51 / /mnt/nas rw - nfs4 nas:/export rw\n"),
              ElementsAre("/", "/home", "/mnt/nas"));
}

TEST(MountTable, ShowsAFileSystemOnceDespiteBindMounts) {
  EXPECT_THAT(points("26 1 254:0 / / rw - ext4 /dev/vda rw\n"
                     "27 26 254:0 /var/lib/x /x rw - ext4 /dev/vda rw\n"
                     "28 26 8:1 /part /a rw - ext4 /dev/sda1 rw\n"
                     "29 26 8:1 / /srv/data rw - ext4 /dev/sda1 rw\n"
                     "30 26 8:1 / /data rw - ext4 /dev/sda1 rw\n"),
              ElementsAre("/", "/data"));
}

TEST(MountTable, ShowsTheRootOfABtrfsByItsShortestName) {
  EXPECT_THAT(
      points("26 1 0:30 /@ / rw - btrfs /dev/sda2 rw\n27 26 0:30 /@home /home rw - btrfs /dev/sda2 rw\n"),
      ElementsAre("/"));
}

TEST(MountTable, KeepsTheRootWhateverItIs) {
  EXPECT_THAT(points("26 1 0:40 / / rw - overlay overlay rw\n"), ElementsAre("/"));
  EXPECT_THAT(points("26 1 0:40 / / rw - tmpfs tmpfs rw\n"), ElementsAre("/"));
}

TEST(MountTable, ShowsTheUppermostOfMountsOnOnePoint) {
  const auto kept =
      real_mounts(parse_mountinfo("1 1 0:2 / / rw - rootfs rootfs rw\n26 1 8:1 / / rw - ext4 /dev/sda1 "
                                  "rw\n30 26 8:2 / /a rw - ext4 /dev/sda2 rw\n"
                                  "31 26 0:9 / /a rw - tmpfs tmpfs rw\n"));
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].source, "/dev/sda1");
}

TEST(MountTable, KnowsWhatMayHang) {
  const auto all = parse_mountinfo(
      "1 1 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:51 / /mnt/nas rw - nfs4 nas:/x rw\n"
      "3 2 8:2 / /mnt/nas/local rw - ext4 /dev/sda2 rw\n4 1 0:52 / /s rw - fuse.sshfs h: rw\n"
      "5 1 8:3 / /mnt/nasty rw - ext4 /dev/sda3 rw\n");
  ASSERT_EQ(all.size(), 5U);
  EXPECT_FALSE(may_hang(all[0], all));
  EXPECT_TRUE(may_hang(all[1], all));
  EXPECT_TRUE(may_hang(all[2], all)) << "the way there leads through the network";
  EXPECT_TRUE(may_hang(all[3], all));
  EXPECT_FALSE(may_hang(all[4], all));
}

}  // namespace
}  // namespace atlas::agent
