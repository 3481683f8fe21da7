#include "agent/sampler.hpp"

#include "core/clean_text.hpp"
#include "core/sample_codec.hpp"

#include <algorithm>
#include <random>

namespace atlas::agent {

namespace {

// So many of the longest names still fit into one message of 64 KiB.
constexpr std::size_t max_disks = 32;
constexpr std::size_t max_interfaces = 64;
constexpr std::size_t max_sensors = 32;

template <class Element>
void limit(std::vector<Element>& elements, std::size_t most) {
  if (elements.size() > most)
    elements.erase(elements.begin() + static_cast<std::ptrdiff_t>(most), elements.end());
}

// 16 GB/s a device at most would be 1.6e10: rates are far from the wire's limit, percentages may be off by
// rounding.
double percent(double value) { return std::clamp(value, 0.0, 100.0); }

void fit_to_wire(sample& out) {
  constexpr auto max_text = sample_limits::max_text;
  out.cpu.percent = percent(out.cpu.percent);
  limit(out.cpu.cores, sample_limits::max_elements);
  for (auto& core : out.cpu.cores) core = percent(core);
  out.memory.percent = percent(out.memory.percent);
  limit(out.disks, max_disks);
  for (auto& disk : out.disks) {
    disk.mount = clean_text(disk.mount, max_text);
    disk.device = clean_text(disk.device, max_text);
    disk.fs = clean_text(disk.fs, max_text);
    disk.percent = percent(disk.percent);
  }
  limit(out.network, max_interfaces);
  for (auto& interface : out.network) interface.name = clean_text(interface.name, max_text);
  limit(out.temperatures, max_sensors);
  for (auto& sensor : out.temperatures) sensor.name = clean_text(sensor.name, max_text);
}

}  // namespace

std::string make_boot_id() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::random_device source;
  std::string id;
  while (id.size() < 16) id += digits[source() % digits.size()];
  return id;
}

sampler::sampler(std::vector<std::unique_ptr<collector>> collectors, std::string boot)
    : collectors_(std::move(collectors)), boot_(std::move(boot)) {}

void sampler::prime() {
  sample unused;
  for (const auto& one : collectors_) one->collect(unused);
}

sample sampler::take(unix_ms now, std::optional<std::chrono::seconds> interval) {
  sample out;
  out.ts = now;
  out.seq = ++seq_;
  out.boot = boot_;
  if (interval) out.interval = static_cast<double>(interval->count());
  for (const auto& one : collectors_) one->collect(out);
  fit_to_wire(out);
  return out;
}

}  // namespace atlas::agent
