#include "agent/agent.hpp"

#include "agent/inventory.hpp"
#include "agent/log.hpp"
#include "agent/memory.hpp"
#include "agent/processes.hpp"
#include "agent/publisher.hpp"
#include "agent/sampler.hpp"
#include "agent/schedule.hpp"
#include "agent/sleep_watch.hpp"
#include "core/sample_codec.hpp"

#include <algorithm>
#include <thread>

namespace atlas::agent {

namespace {

// How often what changes seldom is looked after: the inventory, and memory that is not needed any more.
constexpr std::chrono::minutes upkeep_period{10};
// The first time is when the start is over.
constexpr std::chrono::seconds first_upkeep{5};

// Awake for so long after it was told to sleep, a machine does not sleep: something has called it off.
constexpr std::chrono::minutes sleep_called_off{2};

unix_ms wall_clock() { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

std::string inventory_text(const config& settings, const std::string& root) {
  auto info = read_inventory(root == "/" ? std::string() : root);
  info.tags = settings.tags;
  return format_host_info(info);
}

// Says that the machine sleeps before it does, and that it is back. No sample is taken in between, which
// would say that it is awake.
class night {
 public:
  night(const wake_pipe& wake, publisher& out) : watch_(watch_sleep(wake)), out_(out) {}

  void step(monotonic_time now) {
    const auto news = watch_->step(now);
    const bool called_off = is_asleep() && now >= *until_;
    if (news == sleep_watch::news::going_to_sleep) {
      log(log_level::info, "this machine is going to sleep");
      out_.rest(now);
      watch_->let_sleep();
      until_ = steady_now() + sleep_called_off;
    } else if (is_asleep() && (news || called_off)) {
      log(log_level::info, "this machine is awake");
      out_.wake_up(now);
      until_.reset();
    }
  }
  bool is_asleep() const { return until_.has_value(); }
  int descriptor() const { return watch_->descriptor(); }
  // When it wants its step at the latest.
  monotonic_time due(monotonic_time otherwise) const { return until_.value_or(otherwise); }

 private:
  const std::unique_ptr<sleep_watch> watch_;
  publisher& out_;
  std::optional<monotonic_time> until_;
};

}  // namespace

void run(const config& settings, const std::string& root, const std::atomic<bool>& stop,
         const wake_pipe& wake) {
  const std::chrono::seconds own_interval(settings.report_interval);
  const auto boot = make_boot_id();
  sampler source(make_collectors(root), boot);
  // Never destroyed: its threads may wait for a name server when the process is to end, see main.
  auto& out = *new publisher(settings, boot, wake);
  out.set_info(inventory_text(settings, root));
  source.prime();
  process_watch processes;
  night sleep(wake, out);
  schedule beat(steady_now(), own_interval);
  auto upkeep_due = steady_now() + first_upkeep;
  while (!stop) {
    sleep.step(steady_now());
    const auto now = steady_now();
    if (!sleep.is_asleep() && now >= beat.due()) {
      const auto taken = source.take(wall_clock(), beat.interval());
      out.add_sample(taken.seq.value_or(0), encode_sample(taken));
      beat.taken(now);
    }
    if (now >= upkeep_due) {
      out.set_info(inventory_text(settings, root));
      release_unused_memory();
      upkeep_due = now + upkeep_period;
    }
    const auto publisher_due = out.step(now);
    if (const auto asked = out.take_remote_config()) {
      beat.change_interval(asked->report_interval.value_or(own_interval));
      log(log_level::debug, "report interval is " + std::to_string(beat.interval().count()) + " s");
    }
    // One that comes while a list is made is not answered: the service asks again.
    if (auto asked = out.take_process_question()) {
      processes.start(root == "/" ? std::string() : root, asked->asked.limit, std::move(asked->correlation),
                      [&wake] { wake.wake(); });
    }
    if (auto listed = processes.take()) out.answer_processes(listed->reply, std::move(listed->correlation));
    wake.wait(std::min({publisher_due, sleep.due(beat.due()), upkeep_due}), sleep.descriptor());
  }
  log(log_level::info, "stopping");
  out.stop();
}

std::string measure_once(const std::string& root, std::optional<std::uint64_t> report_interval) {
  sampler source(make_collectors(root), make_boot_id());
  source.prime();
  std::this_thread::sleep_for(schedule::first_delay);
  std::optional<std::chrono::seconds> interval;
  if (report_interval) interval = std::chrono::seconds(*report_interval);
  return encode_sample(source.take(wall_clock(), interval));
}

}  // namespace atlas::agent
