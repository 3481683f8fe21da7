// `atlas-fleet installer`.
#include "tenants/cli/arguments.hpp"
#include "tenants/cli/enrollment_terms.hpp"
#include "tenants/installer_script.hpp"
#include "tenants/private_file.hpp"
#include "tenants/server_url.hpp"

#include <array>
#include <filesystem>

#include <fmt/format.h>

namespace atlas::cli {

namespace fs = std::filesystem;

namespace {

int installer(context& ctx, const arguments& args) {
  const fs::path folder = args.value("output").value_or(".");
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    return report(ctx, error{folder.string(), "is no folder: name one that is there"}, not_found);
  }
  const auto terms = read_enrollment_terms(ctx, args);
  if (!terms) return terms.error();
  auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  if (const auto url = args.value("server-url")) {
    if (const auto set = tenants::set_value(org->config, "server.url", *url); !set) {
      return report(ctx, error{"--server-url", set.error().what}, usage);
    }
  }
  const auto token = make_enrollment_token(ctx, *org, *terms);
  if (!token) return token.error();
  const auto& organization = org->config.organization;
  const auto file = folder / tenants::installer_name(organization.id);
  const auto script = tenants::render_installer(ctx.root, org->config, *token);
  if (const auto written = tenants::write_private_file(file, script, 0700); !written) {
    return report(ctx, written.error());
  }
  const auto url = tenants::server_url(org->config);
  if (ctx.json) {
    print_json(ctx, {{"file", file.string()},
                     {"server_url", url},
                     {"expires", to_int(terms->expires)},
                     {"uses", terms->max_uses ? json(*terms->max_uses) : json(nullptr)}});
    return done;
  }
  ctx.out << fmt::format(
      "Wrote {0}: it makes {1} of {2}, until {3}.\n"
      "A token is in it that lets them in: hand it to those machines only. On each, or through your device\n"
      "management:\n\n"
      "  sudo sh {4}\n\n"
      "They fetch the agent from {5} and enrol there.\n",
      file.string(), terms->max_uses ? fmt::format("up to {} hosts", *terms->max_uses) : "any machine a host",
      organization.name, format_time(terms->expires), file.filename().string(), url);
  warn_of_reach(ctx, org->config);
  return done;
}

constexpr std::array flags{
    flag{"output,o", "DIR", "the folder to write it to (the present one)"},
    expires_flag,
    uses_flag,
    label_flag,
    flag{"server-url", "URL", "https://HOST:PORT of the service as the machines reach it (server.url)"},
};
constexpr verb installer_verb{
    "installer",
    "ORG",
    "Writes install-agent-<first 8 of the organisation's UUID>.sh, one for any number of machines: it makes\n"
    "each a host, with its agent as a systemd unit on Linux or a LaunchAgent on macOS. It holds an "
    "enrolment\n"
    "token; each machine gets a password of its own for it.",
    "  atlas-fleet installer acme\n"
    "  atlas-fleet installer acme -o out --expires 30d --uses 200\n"
    "  sh install-agent-1b9d6bcd.sh --dry-run       says what it would do\n"
    "  sh install-agent-1b9d6bcd.sh --uninstall     takes everything away again\n",
    flags,
    installer};

}  // namespace

int run_installer(context& ctx, std::span<const std::string> args) {
  return run_verb(ctx, installer_verb, args);
}

}  // namespace atlas::cli
