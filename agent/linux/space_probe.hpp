#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace atlas::agent {

// What `df` shows of a file system, in bytes.
struct disk_space {
  std::uint64_t total = 0;
  std::uint64_t used = 0;
  std::uint64_t available = 0;  // to users without privileges
  friend bool operator==(const disk_space&, const disk_space&) = default;
};

// Asks the kernel (statvfs). Nothing when it fails or when the file system has no size.
std::optional<disk_space> space_of(const std::string& path);

// Asks file systems that may never answer, on at most four threads of its own, so that a dead server costs
// the caller no more than the deadline. A path without an answer is not asked again until it has answered,
// and the hung thread is left to the kernel. Threads are started when first needed.
class space_probe {
 public:
  using question = std::optional<disk_space> (*)(const std::string& path);
  static constexpr std::size_t max_threads = 4;

  explicit space_probe(question ask_kernel = space_of);
  ~space_probe();
  space_probe(const space_probe&) = delete;
  space_probe& operator=(const space_probe&) = delete;

  // The answers in the order of `paths`; nothing for a path that did not answer in time. One thread.
  std::vector<std::optional<disk_space>> ask(const std::vector<std::string>& paths,
                                             std::chrono::milliseconds deadline);

 private:
  struct shared;
  // Owned together with the threads: one that hangs outlives this object.
  std::shared_ptr<shared> shared_;
};

}  // namespace atlas::agent
