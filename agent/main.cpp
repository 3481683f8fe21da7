#include "agent/agent.hpp"
#include "agent/config_file.hpp"
#include "agent/log.hpp"
#include "agent/memory.hpp"
#include "agent/options.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include <unistd.h>

namespace {

using namespace atlas::agent;

constexpr int exit_failed = 1;
constexpr int exit_usage = 2;

std::atomic<bool> stop_asked{false};
const wake_pipe* stop_wake = nullptr;

void on_stop_signal(int) {
  stop_asked = true;
  stop_wake->wake();
}

void handle_signals(const wake_pipe& wake) {
  stop_wake = &wake;
  struct sigaction stop{};
  stop.sa_handler = on_stop_signal;
  ::sigaction(SIGTERM, &stop, nullptr);
  ::sigaction(SIGINT, &stop, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

int fail(const config_errors& errors) {
  for (const auto& one : errors)
    std::fprintf(stderr, "atlas-agent: %s: %s\n", one.where.c_str(), one.what.c_str());
  return exit_usage;
}

std::string machine_hostname() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "";
}

std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

// File, then environment, then flags: the later is the stronger.
tl::expected<config, config_errors> gather_config(const options& chosen) {
  std::string file = chosen.config_file;
  if (file.empty()) {
    const auto by_default = environment("HOME") + "/.fleet-agent/config.json";
    if (::access(by_default.c_str(), F_OK) == 0) file = by_default;
  }
  settings said;
  if (!file.empty()) {
    auto loaded = load_config_file(file);
    if (!loaded) return tl::unexpected(std::move(loaded.error()));
    said = *std::move(loaded);
    if (said.password && is_readable_by_others(file)) {
      log(log_level::warning,
          file + " holds a password and others on this machine can read it: chmod 600 it");
    }
  }
  if (const auto password = environment("ATLAS_AGENT_PASSWORD"); !password.empty()) {
    settings from_environment;
    from_environment.password = {password, "ATLAS_AGENT_PASSWORD"};
    said.override_with(std::move(from_environment));
  }
  said.override_with(chosen.said);
  if (said.password_file && is_readable_by_others(said.password_file->value)) {
    log(log_level::warning,
        said.password_file->value + " can be read by others on this machine: chmod 600 it");
  }
  return complete(said, machine_hostname());
}

int run_program(const std::vector<std::string>& arguments) {
  const auto chosen = parse_options(arguments);
  if (!chosen) return fail(chosen.error());
  if (chosen->help || chosen->version) {
    const std::string text = chosen->help ? std::string(help_text) : "atlas-agent " ATLAS_VERSION "\n";
    std::fwrite(text.data(), 1, text.size(), stdout);
    return 0;
  }
  set_verbose(chosen->verbose);
  if (chosen->once) {
    std::optional<std::uint64_t> interval;
    if (chosen->said.report_interval) interval = chosen->said.report_interval->value;
    std::puts(measure_once(chosen->root, interval).c_str());
    return 0;
  }
  const auto settings = gather_config(*chosen);
  if (!settings) return fail(settings.error());
  const wake_pipe wake;
  handle_signals(wake);
  run(*settings, chosen->root, stop_asked, wake);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  keep_memory_small();
  int code = exit_failed;
  try {
    code = run_program({argv + 1, argv + argc});
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "atlas-agent: %s\n", failure.what());
  }
  std::fflush(nullptr);
  // Without destructors: a thread that waits for a name server or a dead network mount would hold the exit
  // up.
  std::_Exit(code);
}
