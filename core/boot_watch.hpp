#pragma once

#include "core/sample.hpp"
#include "core/unix_time.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace atlas {

// Finds two machines that report under one host's name: their boots take turns. A reboot is one change and no
// way back. Samples of an earlier boot that come late are older than the boot that follows, and come in
// bursts; those of a second machine whose clock is behind come as they are taken. One thread.
class boot_watch {
 public:
  // Turns longer ago than this are forgotten.
  static constexpr milliseconds memory{10 * 60 * 1000};
  // Turns within the memory that no single machine makes.
  static constexpr double suspicious = 3;

  // Whether this sample belongs to a boot whose turn had ended.
  bool see(const sample& value, unix_ms now);
  // Within the memory.
  std::size_t turns(unix_ms now);
  // There were so many turns before this object began.
  void assume(std::size_t turns, unix_ms now) { turns_.assign(turns, now); }

 private:
  bool is_live(const sample& value, unix_ms now) const;

  struct boot {
    std::string id;
    unix_ms first{};     // its first sample's time, by its own clock
    milliseconds lag{};  // from when its newest sample was taken to when it came
  };
  boot present_;
  boot before_;
  std::vector<unix_ms> turns_;  // bounded, oldest first
};

}  // namespace atlas
