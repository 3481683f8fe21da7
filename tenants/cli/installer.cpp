// `atlas-fleet installer`.
#include "tenants/cli/agent_settings.hpp"
#include "tenants/cli/arguments.hpp"
#include "tenants/cli/installer_script.hpp"
#include "tenants/private_file.hpp"

#include <array>
#include <filesystem>

#include <fmt/format.h>

namespace atlas::cli {

namespace fs = std::filesystem;

namespace {

// A copy beside the script, where the script looks first.
result<void> copy_agent(const fs::path& agent, const fs::path& folder) {
  std::error_code problem;
  const auto target = folder / "atlas-agent";
  if (fs::equivalent(agent, target, problem)) return {};
  fs::copy_file(agent, target, fs::copy_options::overwrite_existing, problem);
  if (!problem) fs::permissions(target, fs::perms(0755), problem);
  if (problem)
    return failure(agent.string(),
                   fmt::format("cannot be copied to {}: {}", target.string(), problem.message()));
  return {};
}

int installer(context& ctx, const arguments& args) {
  const fs::path folder = args.value("output").value_or(".");
  const auto agent = args.value("agent");
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    return report(ctx, error{folder.string(), "is no folder: name one that is there"}, not_found);
  }
  if (agent && !fs::is_regular_file(*agent, ignored)) {
    return report(ctx, error{*agent, "is no file: name the atlas-agent program"}, not_found);
  }
  const auto settings = make_agent_settings(ctx, args.word(0), args.value("host"), args.value("server-url"));
  if (!settings) return settings.error();

  const auto& organization = settings->org.config.organization;
  const auto file = folder / installer_name(organization.id);
  const auto script = render_installer(
      {organization.id, organization.name, settings->host.id, settings->server_url, settings->config});
  if (agent) {
    if (const auto copied = copy_agent(*agent, folder); !copied) return report(ctx, copied.error());
  }
  if (const auto written = tenants::write_private_file(file, script, 0700); !written) {
    return report(ctx, written.error());
  }
  const auto host = settings->host.id.text();
  if (ctx.json) {
    print_json(ctx, {{"file", file.string()}, {"host", host}, {"added", settings->added}});
    return done;
  }
  if (settings->added) ctx.out << fmt::format("Registered {} with {}.\n", host, organization.name);
  const auto name = file.filename().string();
  const auto local = shell_word(file.string());
  ctx.out << fmt::format("Wrote {}: {}'s password is in it, delete it after use.\n", file.string(), host);
  ctx.out
      << (agent
              ? "The agent program is beside it. To install the agent on that machine:\n\n"
              : "It installs the atlas-agent program that lies beside it, or that is on the PATH there:\n\n");
  ctx.out << fmt::format("  scp {} {} {}:\n  ssh -t {} sudo sh {}\n", local,
                         agent ? shell_word((folder / "atlas-agent").string()) : "atlas-agent", host, host,
                         name);
  return done;
}

constexpr std::array flags{
    flag{"host", "ID", "the host's id; a new one is registered"},
    flag{"output,o", "DIR", "the folder to write it to (the present one)"},
    flag{"agent", "FILE", "an atlas-agent program to put beside it"},
    flag{"server-url", "URL", "mqtts://HOST:PORT of the broker as that machine reaches it (broker.url)"},
};
constexpr verb installer_verb{
    "installer",
    "ORG",
    "Writes install-agent-<first 8 of the organisation's UUID>.sh, which installs one host's agent as a "
    "systemd\n"
    "unit on Linux or a LaunchAgent on macOS. It holds that host's own password and nothing else's.",
    "  atlas-fleet installer acme --host web-1\n"
    "  atlas-fleet installer acme --host web-1 -o out --agent build/release/bin/atlas-agent\n"
    "  sh install-agent-1b9d6bcd.sh --dry-run       says what it would do\n"
    "  sh install-agent-1b9d6bcd.sh --uninstall     takes everything away again\n",
    flags,
    installer};

}  // namespace

int run_installer(context& ctx, std::span<const std::string> args) {
  return run_verb(ctx, installer_verb, args);
}

}  // namespace atlas::cli
