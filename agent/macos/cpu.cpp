#include "agent/collectors.hpp"
#include "agent/cpu_ticks.hpp"

#include <cstdlib>

#include <mach/mach.h>
#include <mach/mach_host.h>
#include <mach/processor_info.h>

namespace atlas::agent {

namespace {

constexpr natural_t max_cpus = 1024;

// host_processor_info: ticks of each CPU in user, system, idle and nice. The kernel has no iowait and no
// steal.
class cpu_collector final : public collector {
 public:
  cpu_collector() : host_(::mach_host_self()) {}
  ~cpu_collector() override { ::mach_port_deallocate(mach_task_self(), host_); }
  cpu_collector(const cpu_collector&) = delete;
  cpu_collector& operator=(const cpu_collector&) = delete;

  void collect(sample& out) override {
    const auto cores = read_ticks();
    cpu_ticks total;
    for (std::size_t i = 0; i < cores.size(); ++i) {
      for (std::size_t state = 0; state < cpu_ticks::states; ++state)
        total.spent[state] += cores[i].spent[state];
      const auto usage = i < cores_.size() ? usage_between(cores_[i], cores[i]) : std::nullopt;
      out.cpu.cores.push_back(usage.value_or(cpu_usage{}).busy);
    }
    // With another number of CPUs the sums are not comparable.
    if (cores.size() == cores_.size())
      percent_ = usage_between(total_, total).value_or(cpu_usage{percent_}).busy;
    out.cpu.percent = percent_;
    total_ = total;
    cores_ = cores;
    std::array<double, 3> load{};
    if (::getloadavg(load.data(), 3) == 3) out.cpu.load = load;
  }

 private:
  std::vector<cpu_ticks> read_ticks() const {
    std::vector<cpu_ticks> cores;
    natural_t count = 0;
    processor_info_array_t info = nullptr;
    mach_msg_type_number_t size = 0;
    if (::host_processor_info(host_, PROCESSOR_CPU_LOAD_INFO, &count, &info, &size) != KERN_SUCCESS)
      return cores;
    const auto* const loads = reinterpret_cast<const processor_cpu_load_info*>(info);
    for (natural_t i = 0; i < count && i < max_cpus; ++i) {
      cpu_ticks ticks;
      ticks.spent[cpu_ticks::user] = loads[i].cpu_ticks[CPU_STATE_USER];
      ticks.spent[cpu_ticks::nice] = loads[i].cpu_ticks[CPU_STATE_NICE];
      ticks.spent[cpu_ticks::system] = loads[i].cpu_ticks[CPU_STATE_SYSTEM];
      ticks.spent[cpu_ticks::idle] = loads[i].cpu_ticks[CPU_STATE_IDLE];
      cores.push_back(ticks);
    }
    ::vm_deallocate(mach_task_self(), reinterpret_cast<vm_address_t>(info), size * sizeof(integer_t));
    return cores;
  }

  mach_port_t host_;
  std::vector<cpu_ticks> cores_;
  cpu_ticks total_;
  double percent_ = 0;
};

}  // namespace

std::unique_ptr<collector> make_cpu_collector(const std::string&) {
  return std::make_unique<cpu_collector>();
}

}  // namespace atlas::agent
