// `atlas-fleet org list|show|remove`; `org set` is in org_set.cpp.
#include "broker/output_file.hpp"
#include "tenants/cli/arguments.hpp"
#include "tenants/cli/broker_sync.hpp"
#include "tenants/cli/org_move.hpp"
#include "tenants/cli/org_set.hpp"
#include "tenants/cli/output.hpp"
#include "tenants/installation_log.hpp"

#include <array>
#include <filesystem>

#include <fmt/format.h>

namespace atlas::cli {

namespace fs = std::filesystem;

namespace {

int list(context& ctx, const arguments&) {
  const auto scanned = tenants::scan_tenants(ctx.root);
  const int code = scanned.mistakes.empty() ? +done : report(ctx, scanned.mistakes);
  if (ctx.json) {
    auto rows = json::array();
    for (const auto& org : scanned.tenants) {
      const auto& config = org.config;
      rows.push_back({{"slug", org.slug},
                      {"name", config.organization.name},
                      {"id", config.organization.id.text()},
                      {"dashboard", dashboard_url(config)},
                      {"port", config.server.port},
                      {"broker", config.broker.url}});
    }
    print_json(ctx, {{"organizations", std::move(rows)}});
    return code;
  }
  if (scanned.tenants.empty()) {
    ctx.out << fmt::format("There is no organisation yet in {}. Make one: {} setup\n",
                           ctx.root.path().string(), program_words(ctx));
    return code;
  }
  text_table table({"ORG", "NAME", "DASHBOARD", "ID"});
  for (const auto& org : scanned.tenants) {
    table.add({org.slug, org.config.organization.name, dashboard_url(org.config),
               std::string(org.config.organization.id.text())});
  }
  table.print(ctx);
  return code;
}

// "server.port   8768" for every key.
void print_settings(context& ctx, const json& value, const std::string& key, text_table& table) {
  if (!value.is_object()) {
    table.add({key, value.is_string() ? value.get<std::string>() : value.is_null() ? "none" : value.dump()});
    return;
  }
  for (const auto& [name, member] : value.items()) {
    print_settings(ctx, member, key.empty() ? name : fmt::format("{}.{}", key, name), table);
  }
}

int show(context& ctx, const arguments& args) {
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  const auto document = json::parse(tenants::format_masked_config(org->config));
  if (ctx.json) {
    json shown{{"slug", org->slug}};
    shown.update(document);
    print_json(ctx, shown);
    return done;
  }
  text_table table({"KEY", "VALUE"});
  print_settings(ctx, document, "", table);
  table.print(ctx);
  ctx.out << dim(ctx, fmt::format("\nin {}; change one with: {} org set {} KEY VALUE",
                                  ctx.root.tenant_file(org->slug).string(), program_words(ctx), org->slug))
          << '\n';
  return done;
}

// What the broker knows of an organisation that is gone is taken from its files.
bool forget_at_broker(context& ctx, const tenants::tenant& removed) {
  const auto scanned = tenants::scan_tenants(ctx.root);
  if (!scanned.tenants.empty() || !scanned.mistakes.empty()) return sync(ctx);
  // It was the last one: the broker's address is known only from its configuration.
  const auto lock = broker::folder_lock::acquire(ctx.root.broker_dir());
  auto options = gather_broker_options(ctx.root, {removed});
  const auto applied = !lock      ? tl::unexpected(lock.error())
                       : !options ? tl::unexpected(options.error())
                                  : broker::apply(*options, {});
  if (!applied) report(ctx, error{"broker", applied.error().where + ": " + applied.error().what});
  return applied.has_value();
}

int remove(context& ctx, const arguments& args) {
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  const auto& name = org->config.organization.name;
  if (!args.has("yes")) {
    if (!ctx.interactive) {
      return report(
          ctx,
          error{"org remove",
                fmt::format("it deletes {}'s key, hosts, users and tokens for ever: say --yes", name)},
          refused);
    }
    ctx.out
        << fmt::format(
               "This deletes {}'s key, hosts, users and tokens for ever; its agents can no longer report.\n"
               "Type its slug, {}, to go on: ",
               name, org->slug)
        << std::flush;
    if (read_line(ctx) != org->slug) return report(ctx, error{"org remove", "nothing was changed"});
  }
  // Its own log goes with it.
  const auto logged = tenants::log_installation_change(
      ctx.root, command_author(), "org.remove",
      fmt::format("{} {} {}", org->slug, org->config.organization.id.text(), name), now());
  if (!logged) return report(ctx, logged.error());
  // Out of sight in one step, then deleted: no command sees half of it.
  std::error_code problem;
  const auto folder = ctx.root.tenant_dir(org->slug);
  const auto hidden = folder.parent_path() / fmt::format(".removed-{}", org->config.organization.id.text());
  fs::rename(folder, hidden, problem);
  if (problem) return report(ctx, error{folder.string(), "cannot be removed: " + problem.message()});
  fs::remove_all(hidden, problem);
  if (problem) return report(ctx, error{hidden.string(), "cannot be deleted: " + problem.message()});
  const bool forgotten = forget_at_broker(ctx, *org);
  if (ctx.json) {
    print_json(ctx, {{"slug", org->slug}, {"removed", true}});
  } else {
    ctx.out << fmt::format("Removed {}. If its service runs, stop it: restart 'atlas-fleet up'.\n", name);
  }
  return forgotten ? done : failed;
}

constexpr std::array remove_flags{flag{"yes", "", "do not ask"}};
constexpr std::array set_flags{
    flag{"all", "", "change every organisation of the installation: leave out ORG"}};
const std::array verbs{
    verb{"org list",
         "",
         "Shows the organisations.",
         "  atlas-fleet org list\n  atlas-fleet org list --json\n",
         {},
         list},
    verb{"org show",
         "ORG",
         "Shows an organisation's configuration, with its key masked.",
         "  atlas-fleet org show acme\n",
         {},
         show},
    verb{"org set", "[ORG] KEY VALUE […]",
         "Changes keys of an organisation's configuration; 'org show' lists them. A value that is wrong "
         "changes\n"
         "nothing. 'none' takes a value away that may be absent.",
         "  atlas-fleet org set acme branding.primary_color '#ff8800'\n"
         "  atlas-fleet org set acme alerts.cpu_threshold 80 alerts.hold_seconds 60\n"
         "  atlas-fleet org set --all broker.url mqtts://fleet.example.com:8883\n",
         set_flags, run_org_set},
    verb{"org remove", "ORG", "Deletes an organisation with its key, hosts, users and tokens.",
         "  atlas-fleet org remove acme\n", remove_flags, remove},
    verb{"org export", "ORG FILE",
         "Writes an organisation into one file that moves it to another server: history, key, hosts, people, "
         "tokens\n"
         "and branding. Stop its service before, so that nothing comes after; agents keep what they measure. "
         "Its\n"
         "agents trust the CA of this server: --with-ca takes the CA's key along, with which the other "
         "server can\n"
         "pose as the broker of every organisation here. FILE is '-' for standard output.",
         "  atlas-fleet org export acme acme.atlas --with-ca --passphrase-file secret.txt\n",
         org_export_flags(), run_org_export},
    verb{"org import", "FILE",
         "Takes an organisation over from another server. The file is checked as a whole before anything is "
         "changed.\n"
         "An installation without a CA takes over the one in the file; then agents go on as soon as the name "
         "that\n"
         "they know leads here. FILE is '-' for standard input.",
         "  atlas-fleet org import acme.atlas --passphrase-file secret.txt\n"
         "  atlas-fleet org import acme.atlas --slug acme-2 --port 8801\n",
         org_import_flags(), run_org_import},
};

}  // namespace

int run_org(context& ctx, std::span<const std::string> args) {
  return run_family(ctx, "org", "The organisations of this installation; 'atlas-fleet setup' makes them.",
                    verbs, args);
}

}  // namespace atlas::cli
