#include "ingest/clock.hpp"

namespace atlas::ingest {

void wall_clock::anchor() {
  anchor_ = std::chrono::system_clock::now();
  anchored_at_ = std::chrono::steady_clock::now();
}

bool wall_clock::resync() {
  using namespace std::chrono_literals;
  if (std::chrono::abs(std::chrono::system_clock::now() - now()) < 1s) {
    return false;
  }
  anchor();
  return true;
}

}  // namespace atlas::ingest
