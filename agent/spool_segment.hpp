#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atlas::agent {

// Consecutive samples of one boot, in one file (0600) or, without a path, in memory. In a file each sample
// has its length and a checksum: a file that a crash has cut loses its last sample at most. Nothing is
// synced: what a process has written survives its end, and a power failure takes what the kernel has not
// written yet. The file is open only while it is read or written.
class spool_segment {
 public:
  static constexpr std::size_t max_file = std::size_t{1024} * 1024;
  static constexpr std::size_t max_text = std::size_t{64} * 1024;  // of one sample

  struct entry {
    std::uint64_t seq;
    std::uint32_t at;              // where its record begins
    std::uint32_t size : 24;       // of its text
    std::uint32_t is_waiting : 1;  // to be sent
    std::uint32_t was_sent : 1;    // by this process
  };

  struct record {
    std::string text;
    std::uint32_t skipped = 0;  // numbers directly before this one that were given up
  };

  // An empty one. The error names the file.
  static result<spool_segment> create(std::string path, std::string_view boot);
  // What an earlier process has left; nothing when that is no segment. Damaged samples are left out.
  static std::optional<spool_segment> load(std::string path);

  // On an error nothing has changed.
  result<void> append(std::uint64_t seq, const record& what);
  // Nothing when the file is not what it was.
  std::optional<record> read(const entry& of) const;
  // Forgets all samples.
  void clear();
  // Takes its place and its samples; on an error neither has changed.
  result<void> become(spool_segment&& other);
  // Deletes the file.
  void remove() const;

  const std::string& path() const { return path_; }
  const std::string& boot() const { return boot_; }
  bool is_in_memory() const { return path_.empty(); }
  std::size_t bytes() const { return bytes_; }
  std::vector<entry>& entries() { return entries_; }
  const std::vector<entry>& entries() const { return entries_; }

 private:
  spool_segment() = default;
  void index(std::string_view data);

  std::string path_;
  std::string boot_;
  std::string memory_;  // all of it, when there is no file
  std::size_t bytes_ = 0;
  std::vector<entry> entries_;  // by seq
};

}  // namespace atlas::agent
