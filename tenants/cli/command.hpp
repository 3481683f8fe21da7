#pragma once

#include "core/error.hpp"
#include "tenants/state_root.hpp"

#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atlas::cli {

// Exit codes of every program of Atlas Fleet.
enum exit_code : int { done = 0, failed = 1, usage = 2, not_found = 3, refused = 4 };

// What every command gets. Results go to `out`, errors to `err` (one line each: what, where, what to do about
// it).
struct context {
  tenants::state_root root;
  bool json = false;         // --json
  bool interactive = false;  // stdin and stdout are terminals
  bool color = false;        // out takes ANSI colours: a terminal, and NO_COLOR is not set
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
};

// `args` are the words after the command's own name.
using command_function = int (*)(context& ctx, std::span<const std::string> args);

struct command {
  std::string_view name;     // "setup", "broker", …
  std::string_view summary;  // one line for --help
  command_function run;
};

// Prints "atlas-fleet: <where>: <what>" and returns `code`.
int report(context& ctx, const error& problem, int code = failed);
int report(context& ctx, const tenants::config_errors& problems, int code = failed);

// The command table of atlas-fleet; each family of commands is one file of this folder.
int run_overview(context& ctx, std::span<const std::string> args);  // bare atlas-fleet
int run_setup(context& ctx, std::span<const std::string> args);
int run_org(context& ctx, std::span<const std::string> args);
int run_key(context& ctx, std::span<const std::string> args);
int run_host(context& ctx, std::span<const std::string> args);
int run_token(context& ctx, std::span<const std::string> args);
int run_user(context& ctx, std::span<const std::string> args);
int run_alerts(context& ctx, std::span<const std::string> args);
int run_silence(context& ctx, std::span<const std::string> args);
int run_notify(context& ctx, std::span<const std::string> args);
int run_audit(context& ctx, std::span<const std::string> args);
int run_agent_config(context& ctx, std::span<const std::string> args);
int run_installer(context& ctx, std::span<const std::string> args);
int run_broker(context& ctx, std::span<const std::string> args);
int run_backup(context& ctx, std::span<const std::string> args);
int run_restore(context& ctx, std::span<const std::string> args);
int run_up(context& ctx, std::span<const std::string> args);
int run_doctor(context& ctx, std::span<const std::string> args);

}  // namespace atlas::cli
