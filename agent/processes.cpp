#include "agent/processes.hpp"

#include "agent/rate.hpp"

#include <algorithm>
#include <system_error>
#include <tuple>
#include <unordered_set>
#include <utility>

namespace atlas::agent {

namespace {

void add_first(const std::vector<process_usage>& sorted, std::size_t limit, std::vector<process_usage>& out,
               std::unordered_set<std::uint64_t>& taken) {
  for (const auto& one : sorted) {
    if (limit-- == 0) return;
    if (taken.insert(one.pid).second) out.push_back(one);
  }
}

}  // namespace

std::vector<process_usage> choose_top(std::vector<process_usage> all, std::size_t limit) {
  std::vector<process_usage> chosen;
  std::unordered_set<std::uint64_t> taken;
  const auto by_cpu = [](const process_usage& a, const process_usage& b) {
    return std::tie(a.cpu_percent, a.memory) > std::tie(b.cpu_percent, b.memory);
  };
  std::ranges::sort(all, by_cpu);
  add_first(all, limit, chosen, taken);
  std::ranges::sort(all, std::greater<>(), &process_usage::memory);
  add_first(all, limit, chosen, taken);
  std::ranges::sort(chosen, by_cpu);
  return chosen;
}

process_watch::~process_watch() {
  {
    const std::scoped_lock lock(mutex_);
    end_ = true;
  }
  ended_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::optional<std::chrono::duration<double>> process_watch::wait() {
  const auto begun = steady_now();
  std::unique_lock lock(mutex_);
  if (ended_.wait_for(lock, between_readings_, [this] { return end_; })) return std::nullopt;
  return steady_now() - begun;
}

bool process_watch::start(const std::string& root, std::size_t limit, std::string correlation,
                          std::function<void()> on_done) {
  if (thread_.joinable()) return false;
  done_ = false;
  outcome_ = {std::move(correlation), {}};
  try {
    thread_ = std::thread([this, root, limit, done = std::move(on_done)] {
      auto listed = top_processes(root, limit, [this] { return wait(); });
      if (listed) {
        outcome_.reply.processes = *std::move(listed);
      } else {
        outcome_.reply.problem = listed.error().where + " " + listed.error().what;
      }
      done_ = true;
      done();
    });
  } catch (const std::system_error&) {
    return false;  // no room for another thread
  }
  return true;
}

std::optional<process_watch::outcome> process_watch::take() {
  if (!done_) return std::nullopt;
  thread_.join();
  done_ = false;
  return std::move(outcome_);
}

}  // namespace atlas::agent
