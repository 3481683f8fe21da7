#pragma once

#include "core/unix_time.hpp"

#include <chrono>

namespace atlas::ingest {

// Unix time that runs evenly: the steady clock, anchored at the system clock. A correction of the system
// clock by less than a second is ignored, so that times of one run stay in order; one that is larger is
// followed. One thread.
class wall_clock {
 public:
  wall_clock() { anchor(); }

  unix_ms now() const {
    return std::chrono::floor<milliseconds>(anchor_ + (std::chrono::steady_clock::now() - anchored_at_));
  }

  // Follows a system clock that was set. Comes about once a second; true when it was.
  bool resync();

 private:
  void anchor();

  std::chrono::system_clock::time_point anchor_;
  std::chrono::steady_clock::time_point anchored_at_;
};

}  // namespace atlas::ingest
