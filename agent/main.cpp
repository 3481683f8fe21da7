#include "agent/agent.hpp"
#include "agent/config_file.hpp"
#include "agent/enroll.hpp"
#include "agent/log.hpp"
#include "agent/memory.hpp"
#include "agent/options.hpp"
#include "agent/passwords.hpp"
#include "agent/secret_file.hpp"
#include "agent/small_file.hpp"
#include "agent/state_folder.hpp"
#include "agent/text.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>

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

std::string default_config_file() { return environment("HOME") + "/.fleet-agent/config.json"; }

// The token's one line.
std::optional<std::string> read_token(const std::string& file) {
  std::string line;
  if (file == "-") {
    std::getline(std::cin, line);
  } else {
    line = small_file().line(file);
  }
  const auto token = trimmed(line);
  return token.empty() ? std::nullopt : std::optional(std::string(token));
}

// The file beside which this agent may keep what must outlive it.
std::string state_neighbour(const settings& said, const std::string& file) {
  if (!file.empty()) return file;
  return said.password_file ? said.password_file->value : default_config_file();
}

// Of the host that the configuration in `file` is for.
std::string own_passwords_file(const settings& said, const std::string& file, std::string_view org,
                               std::string_view host) {
  return passwords_file(environment("STATE_DIRECTORY"), state_neighbour(said, file), org, host);
}

std::string own_spool_folder(const settings& said, const std::string& file, const config& of) {
  const auto folder = state_folder(environment("STATE_DIRECTORY"), state_neighbour(said, file));
  if (folder.empty()) return {};
  return folder + "/spool-" + std::string(of.org.text()) + "-" + std::string(of.host.text());
}

// What it may prove itself with: empty when it has never been a host.
std::string known_password(const settings& said, const std::string& file, std::string_view host) {
  if (!said.password || !said.organization_id) return {};
  const auto kept = own_passwords_file(said, file, said.organization_id->value, host);
  return passwords(said.password->value, kept).present();
}

int enroll_machine(const options& chosen) {
  const auto url = parse_http_url(chosen.enroll_url);
  if (!url) return fail({{"--enroll", url.error().what}});
  if (chosen.token_file.empty()) return fail({{"--token-file", "is needed: FILE, or - for standard input"}});
  const auto token = read_token(chosen.token_file);
  if (!token) return fail({{"--token-file", "holds no token"}});
  const auto file = chosen.config_file.empty() ? default_config_file() : chosen.config_file;
  settings known;
  if (auto loaded = load_config_file(file)) known = *std::move(loaded);
  known.override_with(chosen.said);
  const auto name = machine_hostname();
  const auto host =
      atlas::host_id::parse(known.host_id ? known.host_id->value : name.substr(0, name.find('.')));
  if (!host) {
    return fail({{"--host-id",
                  "is needed: this machine's name is none that a host can have (1 to 64 letters, "
                  "digits, dots, dashes and underscores)"}});
  }
  const auto config = enroll({.service = *url,
                              .token = *token,
                              .host = *host,
                              .password = known_password(known, file, host->text()),
                              .ca_path = chosen.said.ca_file ? chosen.said.ca_file->value : std::string(),
                              .tags = known.tags ? known.tags->value : std::vector<std::string>()});
  const auto done = config ? write_secret_file(file, *config) : tl::unexpected(config.error());
  if (!done) {
    std::fprintf(stderr, "atlas-agent: %s: %s\n", done.error().where.c_str(), done.error().what.c_str());
    return exit_failed;
  }
  log(log_level::info, "enrolled as host " + std::string(host->text()) + "; its password is in " + file);
  return 0;
}

// File, then environment, then flags: the later is the stronger.
tl::expected<config, config_errors> gather_config(const options& chosen) {
  std::string file = chosen.config_file;
  if (file.empty()) {
    const auto by_default = default_config_file();
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
  auto gathered = complete(said, machine_hostname());
  if (gathered) {
    gathered->passwords_file = own_passwords_file(said, file, gathered->org.text(), gathered->host.text());
    gathered->spool_folder = own_spool_folder(said, file, *gathered);
  }
  return gathered;
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
  if (!chosen->enroll_url.empty()) return enroll_machine(*chosen);
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
