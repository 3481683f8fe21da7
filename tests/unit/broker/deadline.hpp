#pragma once

#include <chrono>
#include <thread>

namespace atlas::broker {

// Waits until `condition` holds, for at most 20 seconds; whether it came to hold.
template <class Condition>
bool eventually(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace atlas::broker
