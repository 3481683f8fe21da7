#include "sim/simulation.hpp"

#include <algorithm>

namespace atlas::sim {

namespace {

using std::chrono::seconds;

// TLS handshakes under way; more at once only make each of them slower.
constexpr std::size_t most_connecting = 32;
constexpr seconds farewell_time{5};
constexpr seconds progress_period{1};

}  // namespace

simulation::simulation(simulation_plan plan, const agent::wake_pipe& wake)
    : plan_(std::move(plan)), wake_(wake), began_(agent::steady_now()) {
  const auto count = plan_.roster.size();
  for (std::size_t index = 0; index < count; ++index) {
    const auto& who = plan_.roster[index];
    std::optional<trace_player> player;
    if (index == 0 && plan_.recorded) player.emplace(*plan_.recorded, plan_.loop);
    // Spread over the interval, as hosts that know nothing of each other are.
    const auto delay = plan_.settings.interval * index / count;
    auto on_event = [this, index] {
      {
        const std::lock_guard lock(mutex_);
        woken_.push_back(index);
      }
      wake_.wake();
    };
    hosts_.push_back(std::make_unique<simulated_host>(
        plan_.settings, who, machine_model(plan_.seed * 1'000'003 + index, std::string(who.host.text())),
        std::move(player), std::chrono::duration_cast<milliseconds>(delay), std::move(on_event)));
    due_of_.push_back(began_);
    due_.emplace(began_, index);
  }
}

void simulation::step(std::size_t index, monotonic_time now) {
  auto& host = *hosts_[index];
  const bool was_connecting = host.is_connecting();
  const auto next = host.step(now, was_connecting || connecting_ < most_connecting);
  if (host.is_connecting() && !was_connecting) ++connecting_;
  if (!host.is_connecting() && was_connecting) --connecting_;
  due_.erase({due_of_[index], index});
  due_of_[index] = next;
  due_.emplace(next, index);
}

void simulation::step_what_is_due(monotonic_time now) {
  std::vector<std::size_t> woken;
  {
    const std::lock_guard lock(mutex_);
    woken.swap(woken_);
  }
  std::sort(woken.begin(), woken.end());
  woken.erase(std::unique(woken.begin(), woken.end()), woken.end());
  for (const auto index : woken) step(index, now);
  // Those that are due at this moment; what they become due for meanwhile is for the next round.
  std::vector<std::size_t> due;
  for (const auto& [at, index] : due_) {
    if (at > now) break;
    due.push_back(index);
  }
  for (const auto index : due) step(index, now);
}

bool simulation::is_over(monotonic_time now) const {
  if (plan_.duration && now - began_ >= *plan_.duration) return true;
  return plan_.recorded && hosts_.front()->has_played(now);
}

void simulation::stop_all() {
  for (std::size_t index = 0; index < hosts_.size(); ++index) {
    hosts_[index]->begin_stop();
    step(index, agent::steady_now());
  }
}

simulation_report simulation::report(monotonic_time now) const {
  simulation_report made;
  made.hosts = hosts_.size();
  made.seconds = std::chrono::duration<double>(now - began_).count();
  for (const auto& host : hosts_) {
    const auto& counts = host->counts();
    made.connected += host->is_connected() ? 1 : 0;
    made.ever_connected += counts.connections > 0 ? 1 : 0;
    made.total.produced += counts.produced;
    made.total.delivered += counts.delivered;
    made.total.dropped += counts.dropped;
    made.total.connections += counts.connections;
    if (made.problem.empty()) made.problem = host->problem();
  }
  return made;
}

simulation_report simulation::run(const std::atomic<bool>& stop,
                                  const std::function<void(const simulation_report&)>& on_progress) {
  auto now = agent::steady_now();
  auto progress_due = now + progress_period;
  while (!stop && !is_over(now)) {
    step_what_is_due(now);
    if (now >= progress_due) {
      on_progress(report(now));
      progress_due = now + progress_period;
    }
    auto until = std::min(due_.begin()->first, progress_due);
    if (plan_.duration) until = std::min(until, began_ + *plan_.duration);
    wake_.wait(until);
    now = agent::steady_now();
  }
  const auto seconds_run = std::chrono::duration<double>(now - began_).count();
  stop_all();
  const auto deadline = agent::steady_now() + farewell_time;
  const auto is_gone = [](const auto& host) { return host->is_gone(); };
  while (!std::all_of(hosts_.begin(), hosts_.end(), is_gone) && (now = agent::steady_now()) < deadline) {
    step_what_is_due(now);
    wake_.wait(std::min(due_.begin()->first, deadline));
  }
  auto last = report(agent::steady_now());
  last.seconds = seconds_run;
  return last;
}

}  // namespace atlas::sim
