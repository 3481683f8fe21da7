#include "tenants/cli/program.hpp"

#include "tenants/cli/command.hpp"
#include "tenants/nearest.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <ostream>
#include <vector>

#include <fmt/format.h>

namespace atlas::cli {

namespace {

constexpr std::array commands{
    command{"setup", "make a new organisation: a wizard, or flags and --yes", run_setup},
    command{"up", "run the broker and every organisation's service in the foreground", run_up},
    command{"org", "list, show, change and remove organisations", run_org},
    command{"host", "list, register and revoke hosts", run_host},
    command{"agent-config", "write the configuration of one host's agent", run_agent_config},
    command{"installer", "write a shell script that makes any machine a host", run_installer},
    command{"user", "people who may log in to a dashboard", run_user},
    command{"alerts", "what fires now, who sees to it, and what a rule would have said", run_alerts},
    command{"silence", "whom nobody is to be told about, and when", run_silence},
    command{"notify", "where alerts are told of: try it, list it, see what was given up", run_notify},
    command{"audit", "who changed what, and who logged in", run_audit},
    command{"token", "API tokens for other programs", run_token},
    command{"key", "show an organisation's API key", run_key},
    command{"backup", "write an organisation into one file while its service runs", run_backup},
    command{"restore", "bring an organisation back from such a file", run_restore},
    command{"broker", "render, check and run the MQTT broker", run_broker},
    command{"doctor", "what is wrong, and how to mend it", run_doctor},
};

void print_help(std::ostream& out) {
  out << "usage: atlas-fleet [--root DIR] [--json] [command …]\n\n"
         "Looks after the organisations of one Atlas Fleet installation. Without a command: the\n"
         "configuration at a glance.\n\ncommands:\n";
  for (const auto& candidate : commands)
    out << fmt::format("  {:<14}{}\n", candidate.name, candidate.summary);
  out << "\nflags, anywhere on the line:\n"
         "  --root DIR    the installation's folder; else $ATLAS_FLEET_ROOT, else /var/lib/atlas-fleet if "
         "it\n"
         "                exists, else ~/.atlas-fleet\n"
         "  --json        print JSON\n"
         "  --help        more about a command: atlas-fleet host add --help\n"
         "  --version\n"
         "\nexamples:\n"
         "  atlas-fleet setup                            asks for everything\n"
         "  atlas-fleet up                               starts the broker and every dashboard\n"
         "  atlas-fleet installer acme                   a script that makes any machine a host of acme\n"
         "  atlas-fleet token api acme --role viewer     a token for Prometheus or a script\n"
         "\nORG is an organisation's slug, name or UUID.\n"
         "Exit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 refused.\n";
}

struct global_flags {
  std::optional<std::filesystem::path> root;
  bool json = false;
  std::vector<std::string> rest;
};

// An error when --root has no value.
result<global_flags> take_global_flags(std::span<const std::string> args) {
  constexpr std::string_view root_with_value = "--root=";
  global_flags found;
  bool literal = false;  // behind "--"
  for (std::size_t i = 0; i < args.size(); ++i) {
    const std::string& arg = args[i];
    literal = literal || arg == "--";
    if (literal) {
      found.rest.push_back(arg);
    } else if (arg == "--json") {
      found.json = true;
    } else if (arg == "--root") {
      if (i + 1 == args.size() || args[i + 1].empty()) return failure("--root", "needs a folder");
      found.root = args[++i];
    } else if (arg.starts_with(root_with_value)) {
      if (arg.size() == root_with_value.size()) return failure("--root", "needs a folder");
      found.root = arg.substr(root_with_value.size());
    } else {
      found.rest.push_back(arg);
    }
  }
  return found;
}

int report_unknown(context& ctx, const std::string& word) {
  if (word.starts_with('-')) {
    return report(ctx, error{word, "there is no such flag; see 'atlas-fleet --help'"}, usage);
  }
  std::vector<std::string_view> names;
  for (const auto& candidate : commands) names.push_back(candidate.name);
  const auto near = tenants::nearest(word, names);
  return report(ctx,
                {word, near.empty() ? "there is no such command; see 'atlas-fleet --help'"
                                    : fmt::format("there is no such command; did you mean '{}'?", near)},
                usage);
}

int dispatch(context& ctx, std::span<const std::string> args) {
  if (args.empty()) return run_overview(ctx, args);
  const auto& word = args.front();
  if (word == "--help" || word == "-h" || word == "help") {
    print_help(ctx.out);
    return done;
  }
  if (word == "--version") {
    ctx.out << "atlas-fleet " ATLAS_VERSION "\n";
    return done;
  }
  const auto found = std::find_if(commands.begin(), commands.end(),
                                  [&word](const command& candidate) { return candidate.name == word; });
  return found == commands.end() ? report_unknown(ctx, word) : found->run(ctx, args.subspan(1));
}

}  // namespace

int run_program(std::span<const std::string> args, const console& terminal) {
  const auto flags = take_global_flags(args);
  context ctx{.root = tenants::state_root::find(flags ? flags->root : std::nullopt),
              .json = flags && flags->json,
              .interactive = terminal.interactive,
              .color = terminal.color && !(flags && flags->json),
              .in = terminal.in,
              .out = terminal.out,
              .err = terminal.err};
  if (!flags) return report(ctx, flags.error(), usage);
  return dispatch(ctx, flags->rest);
}

}  // namespace atlas::cli
