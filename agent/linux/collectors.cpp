#include "agent/collectors.hpp"

namespace atlas::agent {

std::vector<std::unique_ptr<collector>> make_collectors(const std::filesystem::path& root,
                                                        monotonic_clock clock) {
  const std::string prefix = root == "/" ? std::string() : root.string();
  std::vector<std::unique_ptr<collector>> all;
  all.push_back(make_cpu_collector(prefix));
  all.push_back(make_memory_collector(prefix));
  all.push_back(make_disk_collector(prefix, clock));
  all.push_back(make_network_collector(prefix, clock));
  all.push_back(make_temperature_collector(prefix));
  all.push_back(make_battery_collector(prefix));
  all.push_back(make_system_collector(prefix));
  return all;
}

}  // namespace atlas::agent
