#include "agent/collectors.hpp"
#include "agent/small_file.hpp"
#include "agent/text.hpp"

#include <algorithm>

namespace atlas::agent {

namespace {

// /proc/meminfo, with the formula of `free` (procps 4): used = total - available.
class memory_collector final : public collector {
 public:
  explicit memory_collector(const std::string& root) : path_(root + "/proc/meminfo") {}

  void collect(sample& out) override {
    std::optional<std::uint64_t> total, available, free, buffers, cached, swap_total, swap_free;
    const std::pair<std::string_view, std::optional<std::uint64_t>*> wanted[] = {
        {"MemTotal:", &total},     {"MemAvailable:", &available}, {"MemFree:", &free},
        {"Buffers:", &buffers},    {"Cached:", &cached},          {"SwapTotal:", &swap_total},
        {"SwapFree:", &swap_free},
    };
    auto rest = file_.read(path_).value_or(std::string_view());
    while (!rest.empty()) {
      auto line = take_line(rest);
      const auto name = take_word(line);
      for (const auto& [wanted_name, value] : wanted) {
        if (name != wanted_name) continue;
        if (const auto kib = to_number<std::uint64_t>(take_word(line))) *value = *kib * 1024;
      }
    }
    // Kernels before 3.14 do not say what is available.
    if (!available && free) available = *free + buffers.value_or(0) + cached.value_or(0);
    if (total && *total > 0 && available) {
      const auto usable = std::min(*available, *total);
      out.memory.total = total;
      out.memory.available = usable;
      out.memory.used = *total - usable;
      out.memory.percent = 100.0 * static_cast<double>(*total - usable) / static_cast<double>(*total);
    }
    if (swap_total && swap_free) {
      out.memory.swap_total = swap_total;
      out.memory.swap_used = *swap_total - std::min(*swap_free, *swap_total);
    }
  }

 private:
  std::string path_;
  small_file file_;
};

}  // namespace

std::unique_ptr<collector> make_memory_collector(const std::string& root) {
  return std::make_unique<memory_collector>(root);
}

}  // namespace atlas::agent
