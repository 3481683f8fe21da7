#include "agent/collectors.hpp"
#include "agent/linux/mount_table.hpp"
#include "agent/linux/space_probe.hpp"
#include "agent/small_file.hpp"
#include "agent/text.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <map>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace atlas::agent {

namespace {

constexpr auto network_deadline = std::chrono::milliseconds(300);
constexpr std::uint64_t sector_bytes = 512;  // of /proc/diskstats, whatever the disk's own are

struct io_counters {
  std::uint64_t read_bytes = 0;
  std::uint64_t written_bytes = 0;
};

// By "major:minor" and by kernel name ("sda1").
using io_table = std::map<std::string, io_counters, std::less<>>;

io_table parse_diskstats(std::string_view text) {
  io_table table;
  while (!text.empty()) {
    // major minor name reads merged sectors ms writes merged sectors …
    auto line = take_line(text);
    std::string number(take_word(line));
    number += ":";
    number += take_word(line);
    const auto name = take_word(line);
    take_word(line);
    take_word(line);
    const auto read = to_number<std::uint64_t>(take_word(line));
    for (int skipped = 0; skipped < 3; ++skipped) take_word(line);
    const auto written = to_number<std::uint64_t>(take_word(line));
    if (!read || !written) continue;
    const io_counters counters{*read * sector_bytes, *written * sector_bytes};
    table.insert_or_assign(std::string(name), counters);
    table.insert_or_assign(std::move(number), counters);
  }
  return table;
}

// A bind mount of a single file, as containers have for /etc/hosts, is no place where files are kept.
bool is_folder(const std::string& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

// The name behind the last slash of what a link points to; empty when `path` is no link.
std::string link_name(const std::string& path) {
  std::array<char, PATH_MAX> target{};
  const auto size = ::readlink(path.c_str(), target.data(), target.size());
  const auto text = std::string_view(target.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  return std::string(text.substr(text.rfind('/') + 1));
}

// In a chroot "/" is part of a file system that is mounted outside, and in no mount table.
void add_root(std::vector<mount>& all, const std::string& root) {
  struct stat info{};
  if (all.empty() || std::any_of(all.begin(), all.end(), [](const mount& one) { return one.point == "/"; }) ||
      ::stat((root + "/").c_str(), &info) != 0) {
    return;
  }
  mount slash{
      std::to_string(major(info.st_dev)) + ":" + std::to_string(minor(info.st_dev)), "/", "/", {}, {}};
  if (const auto disk = link_name(root + "/sys/dev/block/" + slash.device_number); !disk.empty()) {
    slash.source = "/dev/" + disk;
  }
  all.push_back(std::move(slash));
}

class disk_collector final : public collector {
 public:
  disk_collector(const std::string& root, monotonic_clock clock) : root_(root), clock_(clock) {}

  void collect(sample& out) override {
    auto all = parse_mountinfo(file_.read(root_ + "/proc/self/mountinfo").value_or(std::string_view()));
    add_root(all, root_);
    const auto mounts = places(all);
    const auto io = parse_diskstats(file_.read(root_ + "/proc/diskstats").value_or(std::string_view()));
    const auto now = clock_();
    const auto spaces = spaces_of(mounts, all);
    std::map<std::string, meters> seen;
    for (std::size_t i = 0; i < mounts.size(); ++i) {
      if (!spaces[i]) continue;
      disk_sample disk;
      disk.mount = mounts[i].point;
      disk.device = mounts[i].source;
      disk.fs = mounts[i].type;
      disk.total = spaces[i]->total;
      disk.used = spaces[i]->used;
      if (const auto usable = spaces[i]->used + spaces[i]->available; usable > 0) {
        disk.percent = 100.0 * static_cast<double>(spaces[i]->used) / static_cast<double>(usable);
      }
      if (const auto* counters = find_io(io, mounts[i])) {
        auto& meter = seen.emplace(mounts[i].point, meters_[mounts[i].point]).first->second;
        disk.read_bps = meter.read.update(counters->read_bytes, now);
        disk.write_bps = meter.written.update(counters->written_bytes, now);
      }
      out.disks.push_back(std::move(disk));
    }
    meters_ = std::move(seen);
  }

 private:
  struct meters {
    rate_meter read;
    rate_meter written;
  };

  std::vector<mount> places(const std::vector<mount>& all) const {
    std::vector<mount> folders;
    for (const auto& one : all) {
      if (one.root == "/" || may_hang(one, all) || is_folder(root_ + one.point)) folders.push_back(one);
    }
    return real_mounts(std::move(folders));
  }

  std::vector<std::optional<disk_space>> spaces_of(const std::vector<mount>& mounts,
                                                   const std::vector<mount>& all) {
    std::vector<std::string> risky;
    std::vector<std::size_t> risky_places;
    std::vector<std::optional<disk_space>> spaces(mounts.size());
    for (std::size_t i = 0; i < mounts.size(); ++i) {
      if (may_hang(mounts[i], all)) {
        risky.push_back(root_ + mounts[i].point);
        risky_places.push_back(i);
      } else {
        spaces[i] = space_of(root_ + mounts[i].point);
      }
    }
    if (risky.empty()) return spaces;
    const auto answers = probe_.ask(risky, network_deadline);
    for (std::size_t i = 0; i < risky.size(); ++i) spaces[risky_places[i]] = answers[i];
    return spaces;
  }

  // btrfs shows a device number that no disk has: its source names the disk, perhaps by a link such as
  // /dev/mapper/home.
  const io_counters* find_io(const io_table& io, const mount& one) const {
    if (const auto found = io.find(one.device_number); found != io.end()) return &found->second;
    if (!one.source.starts_with("/dev/")) return nullptr;
    auto name = link_name(root_ + one.source);
    if (name.empty()) name = one.source.substr(one.source.rfind('/') + 1);
    const auto found = io.find(name);
    return found == io.end() ? nullptr : &found->second;
  }

  std::string root_;
  monotonic_clock clock_;
  small_file file_;
  space_probe probe_;
  std::map<std::string, meters> meters_;
};

}  // namespace

std::unique_ptr<collector> make_disk_collector(const std::string& root, monotonic_clock clock) {
  return std::make_unique<disk_collector>(root, clock);
}

}  // namespace atlas::agent
