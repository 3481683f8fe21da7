#include "sim/options.hpp"
#include "sim/roster.hpp"
#include "sim/simulation.hpp"
#include "tenants/state_root.hpp"

#include <atomic>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <unistd.h>

namespace {

using namespace atlas;

enum exit_code { done = 0, failed = 1, usage = 2, not_found = 3, refused = 4 };

std::atomic<bool> stop_asked{false};
const agent::wake_pipe* stop_wake = nullptr;

void on_stop_signal(int) {
  stop_asked = true;
  stop_wake->wake();
}

void handle_signals(const agent::wake_pipe& wake) {
  stop_wake = &wake;
  struct sigaction stop{};
  stop.sa_handler = on_stop_signal;
  ::sigaction(SIGTERM, &stop, nullptr);
  ::sigaction(SIGINT, &stop, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

int say(const error& problem, int code) {
  std::fprintf(stderr, "atlas-sim: %s: %s\n", problem.where.c_str(), problem.what.c_str());
  return code;
}

unix_ms wall_clock() { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

// The error is the exit code.
tl::expected<sim::simulation_plan, int> make_plan(const sim::options& chosen, const tenants::state_root& root,
                                                  const tenants::tenant& org, const agent::ca_source& ca) {
  const auto url = chosen.server_url.value_or(org.config.broker.url);
  const auto broker = agent::parse_server_url(url);
  if (!broker) return tl::unexpected(say({"--server-url", broker.error().what}, usage));
  sim::simulation_plan plan{.settings = {.org = org.config.organization.id,
                                         .broker = *broker,
                                         .ca_path = ca.path(),
                                         .interval = chosen.interval,
                                         .speed = chosen.speed},
                            .roster = {},
                            .recorded = std::nullopt,
                            .loop = chosen.loop,
                            .duration = chosen.duration,
                            .seed = chosen.seed};
  if (chosen.trace_file) {
    auto recorded = sim::load_trace(*chosen.trace_file);
    if (!recorded) return tl::unexpected(say(recorded.error(), failed));
    plan.recorded = *std::move(recorded);
  }
  auto roster = sim::make_roster(root, org, chosen, wall_clock());
  if (!roster) {
    const bool is_unknown = roster.error().where == "not registered";
    return tl::unexpected(say(roster.error(), is_unknown ? refused : failed));
  }
  plan.roster = *std::move(roster);
  return plan;
}

// One line that is written again and again, where somebody sees it.
class progress_line {
 public:
  void show(const sim::simulation_report& report) {
    if (::isatty(STDERR_FILENO) == 1) {
      fmt::print(stderr, "\r\x1b[K{} of {} hosts connected, {} samples delivered, {:.1f}/s", report.connected,
                 report.hosts, report.total.delivered,
                 static_cast<double>(report.total.delivered) / report.seconds);
      std::fflush(stderr);
      shown_ = true;
    } else if (!told_ && report.connected == 0 && report.seconds > patience && !report.problem.empty()) {
      fmt::print(stderr, "atlas-sim: {}; trying again\n", report.problem);
      told_ = true;
    }
  }
  ~progress_line() {
    if (shown_) fmt::print(stderr, "\n");
  }

 private:
  static constexpr double patience = 5;  // seconds
  bool shown_ = false;
  bool told_ = false;
};

void print(const sim::simulation_report& report, bool as_json) {
  const auto& total = report.total;
  const auto undelivered = total.produced - total.delivered - total.dropped;
  const auto reconnects = total.connections - report.ever_connected;
  const auto rate = report.seconds > 0 ? static_cast<double>(total.delivered) / report.seconds : 0.0;
  if (as_json) {
    const nlohmann::ordered_json summary{
        {"hosts", report.hosts},     {"connected", report.ever_connected}, {"reconnects", reconnects},
        {"seconds", report.seconds}, {"produced", total.produced},         {"delivered", total.delivered},
        {"dropped", total.dropped},  {"undelivered", undelivered},         {"per_second", rate}};
    fmt::print("{}\n", summary.dump(2));
    return;
  }
  fmt::print(
      "{} hosts ({} connected, {} reconnects), {:.1f} s: {} samples produced, {} delivered ({:.1f}/s), {} "
      "dropped, {} undelivered\n",
      report.hosts, report.ever_connected, reconnects, report.seconds, total.produced, total.delivered, rate,
      total.dropped, undelivered);
}

int run(const std::vector<std::string>& arguments) {
  const auto chosen = sim::parse_options(arguments);
  if (!chosen) return say(chosen.error(), usage);
  if (chosen->help || chosen->version) {
    fmt::print("{}", chosen->help ? sim::help_text() : "atlas-sim " ATLAS_VERSION "\n");
    return done;
  }
  const auto root = tenants::state_root::find(chosen->root);
  const auto org = tenants::find_tenant(root, chosen->org);
  if (!org) {
    int code = failed;
    for (const auto& problem : org.error()) {
      say(problem, failed);
      if (problem.where == "not found") code = not_found;
    }
    return code;
  }
  const agent::ca_source ca(
      {.file = org->config.broker.ca_file.value_or(root.ca_file()).string(), .pem = {}});
  auto plan = make_plan(*chosen, root, *org, ca);
  if (!plan) return plan.error();

  const agent::wake_pipe wake;
  handle_signals(wake);
  // Never destroyed: Paho's threads may wait for a name server when the process is to end.
  auto& all = *new sim::simulation(*std::move(plan), wake);
  sim::simulation_report last;
  {
    progress_line line;
    last = all.run(stop_asked, [&line](const sim::simulation_report& report) { line.show(report); });
  }
  print(last, chosen->json);
  if (last.ever_connected == 0) {
    return say({"broker", last.problem.empty() ? "no host has connected" : last.problem}, failed);
  }
  return last.total.produced == last.total.delivered ? done : failed;
}

}  // namespace

int main(int argc, char** argv) {
  int code = failed;
  try {
    code = run({argv + 1, argv + argc});
  } catch (const std::exception& problem) {
    say({"failed", problem.what()}, failed);
  }
  std::fflush(stdout);
  ::_exit(code);
}
