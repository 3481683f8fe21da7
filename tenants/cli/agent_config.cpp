// `atlas-fleet agent-config`.
#include "tenants/cli/agent_settings.hpp"
#include "tenants/cli/arguments.hpp"
#include "tenants/private_file.hpp"

#include <array>

#include <fmt/format.h>

namespace atlas::cli {

namespace {

int agent_config(context& ctx, const arguments& args) {
  const auto output = args.value("output");
  if (!output) {
    return report(ctx,
                  error{"agent-config", "-o FILE is needed ('-' for standard output): it holds a password"},
                  usage);
  }
  const auto settings = make_agent_settings(ctx, args.word(0), args.value("host"), args.value("server-url"));
  if (!settings) return settings.error();
  if (*output == "-") {
    ctx.out << settings->config << '\n';
    return done;
  }
  if (const auto written = tenants::write_private_file(*output, settings->config + "\n"); !written) {
    return report(ctx, written.error());
  }
  const auto host = settings->host.id.text();
  if (ctx.json) {
    print_json(ctx, {{"file", *output}, {"host", host}, {"added", settings->added}});
    return done;
  }
  if (settings->added)
    ctx.out << fmt::format("Registered {} with {}.\n", host, settings->org.config.organization.name);
  ctx.out << fmt::format("Wrote {}: {}'s password is in it. On that machine:\n\n  atlas-agent --config {}\n",
                         *output, host, shell_word(*output));
  return done;
}

constexpr std::array flags{
    flag{"host", "ID", "the host's id; a new one is registered"},
    flag{"output,o", "FILE", "where to write it, mode 0600; '-' for standard output"},
    flag{"server-url", "URL", "mqtts://HOST:PORT of the broker as that machine reaches it (broker.url)"},
};
constexpr verb agent_config_verb{
    "agent-config",
    "ORG",
    "Writes the configuration of one host's agent, with that host's own password.",
    "  atlas-fleet agent-config acme --host web-1 -o config.json\n"
    "  atlas-fleet agent-config acme --host web-1 -o - | ssh web-1 'umask 077; cat "
    ">.fleet-agent/config.json'\n",
    flags,
    agent_config};

}  // namespace

int run_agent_config(context& ctx, std::span<const std::string> args) {
  return run_verb(ctx, agent_config_verb, args);
}

}  // namespace atlas::cli
