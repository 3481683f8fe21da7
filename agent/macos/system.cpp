#include "agent/collectors.hpp"
#include "agent/macos/sysctl.hpp"

#include <libproc.h>
#include <sys/time.h>

namespace atlas::agent {

namespace {

class system_collector final : public collector {
 public:
  void collect(sample& out) override {
    timeval now{};
    const auto started = kernel_value<timeval>("kern.boottime");
    if (started && ::gettimeofday(&now, nullptr) == 0 && now.tv_sec >= started->tv_sec) {
      out.uptime = static_cast<std::uint64_t>(now.tv_sec - started->tv_sec);
    }
    if (const int count = ::proc_listallpids(nullptr, 0); count > 0)
      out.processes = static_cast<std::uint64_t>(count);
  }
};

}  // namespace

std::unique_ptr<collector> make_system_collector(const std::string&) {
  return std::make_unique<system_collector>();
}

}  // namespace atlas::agent
