#include "agent/inventory.hpp"

#include "agent/small_file.hpp"
#include "agent/text.hpp"
#include "core/clean_text.hpp"

#include <algorithm>

#include <sys/utsname.h>
#include <unistd.h>

namespace atlas::agent {

namespace {

constexpr std::size_t max_text = 256;

// NAME="text" or NAME=text in os-release's shell syntax.
std::string os_name(small_file& file, const std::string& root) {
  for (const char* path : {"/etc/os-release", "/usr/lib/os-release"}) {
    auto rest = file.read(root + path).value_or(std::string_view());
    while (!rest.empty()) {
      auto line = trimmed(take_line(rest));
      constexpr std::string_view key = "PRETTY_NAME=";
      if (!line.starts_with(key)) continue;
      line.remove_prefix(key.size());
      if (line.size() >= 2 && (line.front() == '"' || line.front() == '\'') && line.back() == line.front()) {
        line = line.substr(1, line.size() - 2);
      }
      return std::string(line);
    }
  }
  return {};
}

// The value of the first "name : value" line of /proc/cpuinfo with this name.
std::string cpuinfo_value(small_file& file, const std::string& root, std::string_view name) {
  auto rest = file.read(root + "/proc/cpuinfo").value_or(std::string_view());
  while (!rest.empty()) {
    const auto line = take_line(rest);
    const auto colon = line.find(':');
    if (colon != std::string_view::npos && trimmed(line.substr(0, colon)) == name) {
      return std::string(trimmed(line.substr(colon + 1)));
    }
  }
  return {};
}

// What makers write when they write nothing.
bool says_something(std::string_view model) {
  return !model.empty() && model != "To Be Filled By O.E.M." && model != "System Product Name" &&
         model != "Default string" && model != "None";
}

std::string machine_model(small_file& file, const std::string& root) {
  for (const char* path : {"/sys/class/dmi/id/product_name", "/proc/device-tree/model"}) {
    std::string model = file.line(root + path);
    std::erase(model, '\0');  // the device tree ends its texts with one
    if (says_something(model)) return model;
  }
  return cpuinfo_value(file, root, "model name");
}

std::uint64_t online_cpus(small_file& file, const std::string& root) {
  auto rest = file.read(root + "/proc/stat").value_or(std::string_view());
  std::uint64_t count = 0;
  while (rest.starts_with("cpu")) {
    if (const auto line = take_line(rest); line.size() > 3 && line[3] != ' ') ++count;
  }
  return count;
}

std::uint64_t total_memory(small_file& file, const std::string& root) {
  auto rest = file.read(root + "/proc/meminfo").value_or(std::string_view());
  while (!rest.empty()) {
    auto line = take_line(rest);
    if (take_word(line) == "MemTotal:") return to_number<std::uint64_t>(take_word(line)).value_or(0) * 1024;
  }
  return 0;
}

}  // namespace

host_info read_inventory(const std::string& root) {
  small_file file;
  host_info info;
  utsname kernel{};
  const bool known = ::uname(&kernel) == 0;
  info.os = "linux";
  info.version = clean_text(os_name(file, root), max_text);
  info.kernel = clean_text(file.line(root + "/proc/sys/kernel/osrelease"), max_text);
  info.model = clean_text(machine_model(file, root), max_text);
  if (known) info.arch = std::string_view(kernel.machine) == "aarch64" ? "arm64" : kernel.machine;
  info.cores = online_cpus(file, root);
  info.memory = total_memory(file, root);
  info.agent_version = ATLAS_VERSION;
  info.hostname = clean_text(file.line(root + "/proc/sys/kernel/hostname"), max_text);
  info.addresses = ip_addresses();
  return info;
}

}  // namespace atlas::agent
