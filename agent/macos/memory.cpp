#include "agent/collectors.hpp"
#include "agent/macos/sysctl.hpp"

#include <algorithm>

#include <mach/mach.h>
#include <mach/mach_host.h>

namespace atlas::agent {

namespace {

// What Activity Monitor calls used: memory of applications, wired memory and the compressor's.
class memory_collector final : public collector {
 public:
  memory_collector() : host_(::mach_host_self()) {}
  ~memory_collector() override { ::mach_port_deallocate(mach_task_self(), host_); }
  memory_collector(const memory_collector&) = delete;
  memory_collector& operator=(const memory_collector&) = delete;

  void collect(sample& out) override {
    const auto total = kernel_value<std::uint64_t>("hw.memsize");
    if (const auto used = used_bytes(); used && total && *total > 0) {
      const auto bounded = std::min(*used, *total);
      out.memory.total = total;
      out.memory.used = bounded;
      out.memory.available = *total - bounded;
      out.memory.percent = 100.0 * static_cast<double>(bounded) / static_cast<double>(*total);
    }
    if (const auto swap = kernel_value<xsw_usage>("vm.swapusage")) {
      out.memory.swap_total = swap->xsu_total;
      out.memory.swap_used = swap->xsu_used;
    }
  }

 private:
  std::optional<std::uint64_t> used_bytes() const {
    vm_statistics64_data_t pages{};
    mach_msg_type_number_t size = HOST_VM_INFO64_COUNT;
    vm_size_t page = 0;
    if (::host_statistics64(host_, HOST_VM_INFO64, reinterpret_cast<host_info64_t>(&pages), &size) !=
            KERN_SUCCESS ||
        ::host_page_size(host_, &page) != KERN_SUCCESS) {
      return std::nullopt;
    }
    const std::uint64_t purgeable = std::min<std::uint64_t>(pages.purgeable_count, pages.internal_page_count);
    const std::uint64_t applications = pages.internal_page_count - purgeable;
    return (applications + pages.wire_count + pages.compressor_page_count) * std::uint64_t{page};
  }

  mach_port_t host_;
};

}  // namespace

std::unique_ptr<collector> make_memory_collector(const std::string&) {
  return std::make_unique<memory_collector>();
}

}  // namespace atlas::agent
