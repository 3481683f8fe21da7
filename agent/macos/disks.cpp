#include "agent/collectors.hpp"

#include <algorithm>
#include <string_view>

#include <sys/mount.h>
#include <sys/param.h>

namespace atlas::agent {

namespace {

// What shares its free space with others: the volumes of one APFS container are /dev/disk3s1, /dev/disk3s1s1,
// /dev/disk3s5 and so on.
std::string_view container_of(std::string_view device) {
  constexpr std::string_view disk = "/dev/disk";
  if (!device.starts_with(disk)) return device;
  const auto slice = device.find('s', disk.size());
  return device.substr(0, slice);
}

bool is_reported(const struct statfs& one) {
  const std::string_view type = one.f_fstypename;
  if (one.f_blocks == 0 || type == "devfs" || type == "autofs") return false;
  const bool hidden = (one.f_flags & static_cast<std::uint32_t>(MNT_DONTBROWSE)) != 0;
  return !hidden || std::string_view(one.f_mntonname) == "/";
}

// getmntinfo without waiting: figures of a network mount are the last known ones, so that a dead server
// cannot hold the agent up. Read and write rates would need IOKit.
class disk_collector final : public collector {
 public:
  void collect(sample& out) override {
    struct statfs* mounts = nullptr;  // getmntinfo's own
    const int count = ::getmntinfo(&mounts, MNT_NOWAIT);
    std::vector<const struct statfs*> kept;
    for (int i = 0; i < count; ++i) {
      if (is_reported(mounts[i])) kept.push_back(&mounts[i]);
    }
    std::sort(kept.begin(), kept.end(), [](const struct statfs* a, const struct statfs* b) {
      return std::string_view(a->f_mntonname) < std::string_view(b->f_mntonname);
    });
    std::vector<std::string_view> containers;
    for (const auto* one : kept) {
      const std::string_view type = one->f_fstypename;
      const std::string_view device = one->f_mntfromname;
      const auto container = type == "apfs" ? container_of(device) : device;
      if (std::find(containers.begin(), containers.end(), container) != containers.end()) continue;
      containers.push_back(container);
      out.disks.push_back(describe(*one));
    }
  }

 private:
  static disk_sample describe(const struct statfs& one) {
    const std::uint64_t block = one.f_bsize;
    const std::uint64_t used = one.f_blocks - std::min<std::uint64_t>(one.f_bfree, one.f_blocks);
    const std::uint64_t usable = used + std::min<std::uint64_t>(one.f_bavail, one.f_blocks);
    disk_sample disk;
    disk.mount = one.f_mntonname;
    disk.device = one.f_mntfromname;
    disk.fs = one.f_fstypename;
    disk.total = one.f_blocks * block;
    disk.used = used * block;
    if (usable > 0) disk.percent = 100.0 * static_cast<double>(used) / static_cast<double>(usable);
    return disk;
  }
};

}  // namespace

std::unique_ptr<collector> make_disk_collector(const std::string&, monotonic_clock) {
  return std::make_unique<disk_collector>();
}

}  // namespace atlas::agent
