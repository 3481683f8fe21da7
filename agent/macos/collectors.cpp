#include "agent/collectors.hpp"

namespace atlas::agent {

// No temperatures: macOS has no public interface to its sensors.
std::vector<std::unique_ptr<collector>> make_collectors(const std::filesystem::path&, monotonic_clock clock) {
  const std::string no_root;
  std::vector<std::unique_ptr<collector>> all;
  all.push_back(make_cpu_collector(no_root));
  all.push_back(make_memory_collector(no_root));
  all.push_back(make_disk_collector(no_root, clock));
  all.push_back(make_network_collector(no_root, clock));
#if __has_include(<IOKit/ps/IOPowerSources.h>)
  all.push_back(make_battery_collector(no_root));
#endif
  all.push_back(make_system_collector(no_root));
  return all;
}

}  // namespace atlas::agent
