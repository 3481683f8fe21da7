#pragma once

#include "agent/collector.hpp"
#include "agent/rate.hpp"

#include <memory>
#include <string>

namespace atlas::agent {

// The collectors, each in a file of its own in linux/ and macos/; collectors.cpp beside them lists those that
// the system has. `root` is put before every absolute path: "" on the real machine. The macOS ones ask the
// kernel and have no use for it.

std::unique_ptr<collector> make_cpu_collector(const std::string& root);
std::unique_ptr<collector> make_memory_collector(const std::string& root);
std::unique_ptr<collector> make_disk_collector(const std::string& root, monotonic_clock clock);
std::unique_ptr<collector> make_network_collector(const std::string& root, monotonic_clock clock);
std::unique_ptr<collector> make_temperature_collector(const std::string& root);
std::unique_ptr<collector> make_battery_collector(const std::string& root);
std::unique_ptr<collector> make_system_collector(const std::string& root);

}  // namespace atlas::agent
