#include "agent/collectors.hpp"
#include "agent/cpu_ticks.hpp"
#include "agent/small_file.hpp"
#include "agent/text.hpp"

#include <map>

namespace atlas::agent {

namespace {

constexpr std::uint32_t max_cpus = 1024;

// /proc/stat: "cpu" and "cpuN" lines with user nice system idle iowait irq softirq steal guest guest_nice.
class cpu_collector final : public collector {
 public:
  explicit cpu_collector(const std::string& root)
      : stat_path_(root + "/proc/stat"), load_path_(root + "/proc/loadavg") {}

  void collect(sample& out) override {
    collect_usage(out.cpu);
    collect_load(out.cpu);
  }

 private:
  void collect_usage(cpu_sample& out) {
    auto rest = file_.read(stat_path_).value_or(std::string_view());
    std::map<std::uint32_t, cpu_ticks> cores;
    while (rest.starts_with("cpu")) {
      auto line = take_line(rest);
      const auto number = take_word(line).substr(3);
      const auto ticks = parse_ticks(line);
      if (number.empty()) {
        if (total_) last_ = usage_between(*total_, ticks).value_or(last_);
        total_ = ticks;
      } else if (const auto core = to_number<std::uint32_t>(number); core && *core < max_cpus) {
        cores.emplace(*core, ticks);
      }
    }
    out.percent = last_.busy;
    out.iowait = last_.iowait;
    out.steal = last_.steal;
    out.cores = core_percents(cores);
    cores_ = std::move(cores);
  }

  // Element N is CPU N, so that a chart of one core stays that core's: a CPU that is offline, or came back
  // since the last reading, shows 0.
  std::vector<double> core_percents(const std::map<std::uint32_t, cpu_ticks>& now) const {
    std::vector<double> percents(now.empty() ? 0 : now.rbegin()->first + 1, 0.0);
    for (const auto& [core, ticks] : now) {
      const auto before = cores_.find(core);
      if (before == cores_.end()) continue;
      percents[core] = usage_between(before->second, ticks).value_or(cpu_usage{}).busy;
    }
    return percents;
  }

  static cpu_ticks parse_ticks(std::string_view line) {
    cpu_ticks ticks;
    for (auto& spent : ticks.spent) {
      spent = to_number<std::uint64_t>(take_word(line)).value_or(0);  // old kernels have fewer columns
    }
    return ticks;
  }

  void collect_load(cpu_sample& out) {
    auto rest = file_.read(load_path_).value_or(std::string_view());
    std::array<double, 3> load{};
    for (auto& value : load) {
      const auto number = to_number<double>(take_word(rest));
      if (!number) return;
      value = *number;
    }
    out.load = load;
  }

  std::string stat_path_;
  std::string load_path_;
  small_file file_;
  std::optional<cpu_ticks> total_;
  cpu_usage last_;
  std::map<std::uint32_t, cpu_ticks> cores_;
};

}  // namespace

std::unique_ptr<collector> make_cpu_collector(const std::string& root) {
  return std::make_unique<cpu_collector>(root);
}

}  // namespace atlas::agent
