#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace atlas::agent {

// One line of /proc/self/mountinfo.
struct mount {
  std::string device_number;  // "8:1"; major 0 is a file system without a block device of its own
  std::string root;           // the folder within the file system that is mounted; "/" is all of it
  std::string point;
  std::string type;    // "ext4", "nfs4", "fuse.sshfs"
  std::string source;  // "/dev/sda1", "server:/export"
  friend bool operator==(const mount&, const mount&) = default;
};

// Lines that are not understood are left out. The octal escapes for blanks and backslashes are undone.
std::vector<mount> parse_mountinfo(std::string_view text);

// The file systems that hold files of the host, each once, sorted by mount point: no pseudo file systems, no
// images that are full by their nature, no container layers, but always "/", whatever it is. Of several
// mounts of one file system "/" is kept, else one of the whole rather than of a part, else the shortest.
std::vector<mount> real_mounts(std::vector<mount> all);

// Whether looking at `one` may never return: it, or a mount of `all` on the way to it, is served over a
// network or by a process.
bool may_hang(const mount& one, const std::vector<mount>& all);

}  // namespace atlas::agent
