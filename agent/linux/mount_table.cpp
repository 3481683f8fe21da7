#include "agent/linux/mount_table.hpp"

#include "agent/text.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace atlas::agent {

namespace {

constexpr auto no_storage = std::to_array<std::string_view>({
    // kernel interfaces and memory
    "autofs",
    "bdev",
    "binder",
    "binfmt_misc",
    "bpf",
    "cgroup",
    "cgroup2",
    "configfs",
    "cpuset",
    "debugfs",
    "devpts",
    "devtmpfs",
    "efivarfs",
    "fusectl",
    "hugetlbfs",
    "mqueue",
    "nsfs",
    "pipefs",
    "proc",
    "pstore",
    "ramfs",
    "resctrl",
    "rootfs",
    "rpc_pipefs",
    "securityfs",
    "selinuxfs",
    "smackfs",
    "sockfs",
    "sysfs",
    "tmpfs",
    "tracefs",
    "usbfs",
    "xenfs",
    // container layers: their files are on a file system that is listed itself
    "aufs",
    "overlay",
    "shiftfs",
    // read-only images, always 100 % full
    "cramfs",
    "erofs",
    "iso9660",
    "romfs",
    "squashfs",
    "udf",
    // processes that show what is elsewhere
    "fuse.archivemount",
    "fuse.gvfsd-fuse",
    "fuse.lxcfs",
    "fuse.portal",
    "fuse.snapfuse",
    "fuse.squashfuse",
    "fuse.vmware-vmblock",
});

// Also fuseblk: a process serves it.
constexpr auto over_network = std::to_array<std::string_view>({
    "9p",  "afs",  "beegfs", "ceph",     "cifs",  "coda", "gfs2",  "glusterfs", "gpfs",   "lustre",  "ncpfs",
    "nfs", "nfs4", "ocfs2",  "orangefs", "pvfs2", "smb3", "smbfs", "virtiofs",  "vboxsf", "fuseblk",
});

template <class List>
bool contains(const List& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool is_octal(char c) { return c >= '0' && c <= '7'; }

std::string unescaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '\\' && i + 3 < text.size() && is_octal(text[i + 1]) &&
                        is_octal(text[i + 2]) && is_octal(text[i + 3]);
    if (escape) {
      out += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

bool is_served(std::string_view type) { return contains(over_network, type) || type.starts_with("fuse."); }

// Smaller is the better name of a file system.
std::tuple<bool, bool, std::size_t> rank(const mount& one) {
  return {one.point != "/", one.root != "/", one.point.size()};
}

}  // namespace

std::vector<mount> parse_mountinfo(std::string_view text) {
  std::vector<mount> all;
  while (!text.empty()) {
    // id parent major:minor root point options [optional fields…] - type source super-options
    auto line = take_line(text);
    take_word(line);
    take_word(line);
    mount one;
    one.device_number = take_word(line);
    one.root = unescaped(take_word(line));
    one.point = unescaped(take_word(line));
    const auto separator = line.find(" - ");
    if (separator == std::string_view::npos || !one.point.starts_with('/')) continue;
    line.remove_prefix(separator + 3);
    one.type = take_word(line);
    one.source = unescaped(take_word(line));
    if (!one.type.empty()) all.push_back(std::move(one));
  }
  return all;
}

std::vector<mount> real_mounts(std::vector<mount> all) {
  std::vector<mount> kept;
  for (auto& one : all) {
    // A later mount on the same point hides the earlier one.
    std::erase_if(kept, [&](const mount& other) { return other.point == one.point; });
    kept.push_back(std::move(one));
  }
  std::erase_if(kept, [](const mount& one) { return one.point != "/" && contains(no_storage, one.type); });
  std::stable_sort(kept.begin(), kept.end(),
                   [](const mount& a, const mount& b) { return rank(a) < rank(b); });
  std::vector<mount> distinct;
  for (auto& one : kept) {
    const bool known = std::any_of(distinct.begin(), distinct.end(), [&](const mount& other) {
      return other.device_number == one.device_number;
    });
    if (!known) distinct.push_back(std::move(one));
  }
  std::sort(distinct.begin(), distinct.end(),
            [](const mount& a, const mount& b) { return a.point < b.point; });
  return distinct;
}

bool may_hang(const mount& one, const std::vector<mount>& all) {
  return is_served(one.type) || std::any_of(all.begin(), all.end(), [&](const mount& other) {
           return is_served(other.type) && one.point.starts_with(other.point + "/");
         });
}

}  // namespace atlas::agent
