#include "ingest/clock.hpp"

namespace atlas::ingest {

namespace {

unix_ms system_now() { return std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now()); }

}  // namespace

void wall_clock::anchor() {
  anchor_ = system_now();
  anchored_at_ = std::chrono::steady_clock::now();
}

bool wall_clock::resync() {
  using namespace std::chrono_literals;
  if (std::chrono::abs(system_now() - now()) < 1s) {
    return false;
  }
  anchor();
  return true;
}

}  // namespace atlas::ingest
