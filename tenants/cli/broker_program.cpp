#include "tenants/cli/broker_program.hpp"

#include "broker/account.hpp"

#include <csignal>

namespace atlas::cli {

supervised_program broker_program(const broker::broker_options& options,
                                  const std::filesystem::path& mosquitto) {
  supervised_program program;
  program.name = "broker";
  program.program.program = mosquitto;
  program.program.args = {"-c", (options.dir / "mosquitto.conf").string()};
  program.program.run_as = broker::broker_account(options.dir);
  // It saves its queues first.
  program.program.signal_when_orphaned = SIGTERM;
  program.stops_last = true;
  return program;
}

result<supervised_program> sync_program(const context& ctx) {
  std::error_code failed;
  supervised_program program;
  program.name = "sync";
  program.program.program = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (failed) return failure("/proc/self/exe", "cannot be read: " + failed.message());
  program.program.args = {"--root", ctx.root.path().string(), "broker", "sync", "--watch"};
  program.hopeless_exit_codes = {usage};
  return program;
}

}  // namespace atlas::cli
