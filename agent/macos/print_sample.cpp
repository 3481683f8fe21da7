// What scripts/check-macos links: the collectors and the inventory without the connection, for which there is
// no library when cross compiling. On a Mac it prints one sample and the inventory.

#include "agent/collector.hpp"
#include "agent/inventory.hpp"
#include "agent/sampler.hpp"
#include "core/sample_codec.hpp"

#include <chrono>
#include <cstdio>
#include <thread>

int main() {
  using namespace atlas;
  agent::sampler source(agent::make_collectors("/"), agent::make_boot_id());
  source.prime();
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const auto now = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  std::puts(encode_sample(source.take(now, std::nullopt)).c_str());
  std::puts(format_host_info(agent::read_inventory("")).c_str());
}
