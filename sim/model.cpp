#include "sim/model.hpp"

#include "agent/processes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string_view>
#include <utility>

namespace atlas::sim {

namespace {

constexpr double gigabyte = 1e9;
constexpr double seconds_a_day = 86'400;

struct hardware {
  std::string_view model;
  std::uint64_t cores;
  std::uint64_t memory_gb;
  std::uint64_t disk_gb;
};
constexpr std::array machines{hardware{"Small virtual machine", 2, 4, 40},
                              hardware{"Virtual machine", 4, 16, 120}, hardware{"Rack server", 16, 64, 960},
                              hardware{"Workstation", 8, 32, 512}};

// A share of the way to the goal, as something that follows with a delay does.
double follow(double value, double goal, double passed, double delay) {
  return goal + (value - goal) * std::exp(-passed / delay);
}

double rounded(double value) { return std::round(value * 10) / 10; }

}  // namespace

machine_model::machine_model(std::uint64_t seed, std::string hostname)
    : random_(seed),
      base_load_(uniform(3, 25)),
      daily_load_(uniform(5, 45)),
      peak_hour_(uniform(9, 18)),
      jitter_(uniform(1, 5)),
      memory_base_(uniform(25, 75)),
      disk_start_(uniform(20, 80)),
      disk_per_day_(uniform(0.05, 1.5)),
      disk_total_(0),
      uptime_start_(static_cast<std::uint64_t>(uniform(600, 200 * seconds_a_day))) {
  const auto& kind = machines[static_cast<std::size_t>(uniform(0, machines.size() - 0.001))];
  disk_total_ = kind.disk_gb * static_cast<std::uint64_t>(gigabyte);
  info_.os = "linux";
  info_.version = "Simulated host";
  info_.kernel = "6.1.0";
  info_.model = kind.model;
  info_.arch = "x86_64";
  info_.cores = kind.cores;
  info_.memory = kind.memory_gb << 30;
  info_.agent_version = "atlas-sim " ATLAS_VERSION;
  info_.hostname = std::move(hostname);
  info_.tags = {"simulated"};
}

double machine_model::uniform(double least, double most) {
  // Of the generator's upper 53 bits, so that every standard library gives the same.
  const double unit = static_cast<double>(random_() >> 11) * 0x1.0p-53;
  return least + unit * (most - least);
}

// From 0 at night to 1 at the peak hour.
double machine_model::wave(double hours) const {
  const double phase = 2 * std::numbers::pi * (hours - peak_hour_) / 24;
  const double height = (1 + std::cos(phase)) / 2;
  return height * height;
}

sample machine_model::measure(milliseconds elapsed, std::optional<double> given_cpu) {
  const double at = static_cast<double>(elapsed.count()) / 1000;  // seconds
  const double passed = std::max(0.0, at - static_cast<double>(last_.count()) / 1000);
  last_ = std::max(last_, elapsed);
  const bool first = !std::exchange(started_, true);

  const double daily = base_load_ + daily_load_ * wave(std::fmod(at / 3600, 24));
  drift_ = follow(drift_, uniform(-3, 3) * jitter_, passed, 60);
  burst_ = follow(burst_, 0, passed, 20);
  // A job that takes most of the machine for a while, some six times a day.
  if (uniform(0, 1) < 1 - std::exp(-passed * 6 / seconds_a_day)) burst_ = uniform(30, 70);
  const double modelled = daily + drift_ + burst_ + uniform(-1, 1) * jitter_;
  const double cpu = rounded(std::clamp(given_cpu.value_or(modelled), 0.0, 100.0));

  sample now;
  now.cpu.percent = cpu;
  for (std::uint64_t core = 0; core < info_.cores; ++core) {
    now.cpu.cores.push_back(
        rounded(std::clamp(cpu + uniform(-1, 1) * std::min(cpu, 100 - cpu) / 2, 0.0, 100.0)));
  }
  const double busy = cpu / 100 * static_cast<double>(info_.cores);
  for (std::size_t i = 0; i < load_.size(); ++i) {
    constexpr std::array delays{60.0, 300.0, 900.0};
    load_[i] = first ? busy : follow(load_[i], busy, passed, delays[i]);
  }
  now.cpu.load = {std::round(load_[0] * 100) / 100, std::round(load_[1] * 100) / 100,
                  std::round(load_[2] * 100) / 100};
  now.cpu.iowait = rounded(uniform(0, 1.5));
  now.cpu.steal = 0.0;

  memory_drift_ = follow(memory_drift_, uniform(-12, 12), passed, 1'800);
  const double memory = std::clamp(memory_base_ + memory_drift_ + cpu / 20, 1.0, 99.0);
  now.memory.total = info_.memory;
  now.memory.used = static_cast<std::uint64_t>(memory / 100 * static_cast<double>(info_.memory));
  newest_cpu_ = cpu;
  newest_memory_ = *now.memory.used;
  now.memory.available = info_.memory - *now.memory.used;
  now.memory.percent = rounded(memory);
  now.memory.swap_total = 0;
  now.memory.swap_used = 0;

  // Fills slowly, and somebody tidies up before it is full.
  const double filled = disk_start_ + std::fmod(disk_per_day_ * at / seconds_a_day, 97 - disk_start_);
  disk_sample disk{"/", "/dev/sda1", "ext4", disk_total_, 0, rounded(filled), std::nullopt, std::nullopt};
  disk.used = static_cast<std::uint64_t>(filled / 100 * static_cast<double>(disk_total_));
  disk.read_bps = std::round(uniform(0, 1) * cpu * 20'000);
  disk.write_bps = std::round(uniform(0.2, 1) * cpu * 40'000);
  now.disks.push_back(std::move(disk));
  now.network.push_back({"eth0", std::round(uniform(0.5, 1.5) * (2'000 + cpu * 30'000)),
                         std::round(uniform(0.5, 1.5) * (1'500 + cpu * 22'000))});
  heat_ = first ? 38 + cpu * 0.4 : follow(heat_, 38 + cpu * 0.4, passed, 45);
  now.temperatures.push_back({"cpu", rounded(heat_ + uniform(-0.3, 0.3))});
  now.uptime = uptime_start_ + static_cast<std::uint64_t>(at);
  now.processes = static_cast<std::uint64_t>(120 + cpu * 2 + uniform(0, 10));
  return now;
}

std::vector<process_usage> machine_model::processes(std::size_t limit) const {
  struct program {
    const char* name;
    const char* user;
    double weight;
  };
  static constexpr std::array programs{program{"postgres", "postgres", 32},
                                       program{"java", "app", 24},
                                       program{"nginx", "www-data", 12},
                                       program{"node", "app", 9},
                                       program{"redis-server", "redis", 6},
                                       program{"containerd", "root", 4},
                                       program{"systemd-journal", "root", 3},
                                       program{"atlas-agent", "atlas", 1},
                                       program{"sshd", "root", 1},
                                       program{"cron", "root", 0.5},
                                       program{"systemd", "root", 0.5}};
  double cpu_sum = 0;
  double memory_sum = 0;
  const auto weight = [this](std::size_t i, std::uint64_t turn) {
    // The same machine has the same favourites.
    const auto pick = (uptime_start_ / 60 + turn * 5 + i * 7) % 11;
    return programs[i].weight * (0.4 + static_cast<double>(pick) / 6);
  };
  for (std::size_t i = 0; i < programs.size(); ++i) {
    cpu_sum += weight(i, 0);
    memory_sum += weight(i, 1);
  }
  std::vector<process_usage> all;
  for (std::size_t i = 0; i < programs.size(); ++i) {
    const double cpu = newest_cpu_ * static_cast<double>(info_.cores) * weight(i, 0) / cpu_sum;
    // Not all memory is that of processes.
    const double memory = 0.8 * static_cast<double>(newest_memory_) * weight(i, 1) / memory_sum;
    all.push_back({.pid = i + 1 == programs.size() ? 1 : 700 + 37 * i,
                   .name = programs[i].name,
                   .user = programs[i].user,
                   .cpu_percent = rounded(cpu),
                   .memory = static_cast<std::uint64_t>(memory)});
  }
  return agent::choose_top(std::move(all), limit);
}

}  // namespace atlas::sim
