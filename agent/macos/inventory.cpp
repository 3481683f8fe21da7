#include "agent/inventory.hpp"

#include "agent/macos/sysctl.hpp"
#include "core/clean_text.hpp"

#include <array>

#include <sys/utsname.h>
#include <unistd.h>

namespace atlas::agent {

namespace {
constexpr std::size_t max_text = 256;
}

host_info read_inventory(const std::string&) {
  host_info info;
  utsname kernel{};
  std::array<char, 256> name{};
  info.os = "macos";
  info.version = clean_text(kernel_text("kern.osproductversion"), max_text);
  info.kernel = clean_text(kernel_text("kern.osrelease"), max_text);
  info.model = clean_text(kernel_text("hw.model"), max_text);
  if (::uname(&kernel) == 0) info.arch = kernel.machine;
  info.cores = static_cast<std::uint64_t>(kernel_value<int>("hw.logicalcpu").value_or(0));
  info.memory = kernel_value<std::uint64_t>("hw.memsize").value_or(0);
  info.agent_version = ATLAS_VERSION;
  if (::gethostname(name.data(), name.size() - 1) == 0) info.hostname = clean_text(name.data(), max_text);
  info.addresses = ip_addresses();
  return info;
}

}  // namespace atlas::agent
