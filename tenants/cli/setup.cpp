// `atlas-fleet setup`.
#include "tenants/cli/setup.hpp"

#include "tenants/cli/arguments.hpp"

#include <array>

#include <fmt/format.h>

namespace atlas::cli {

namespace {

// Puts what the flags say into the draft and lists them. Every mistake is reported; the error is the exit
// code.
tl::expected<std::vector<std::string_view>, int> take_flags(context& ctx, const arguments& args,
                                                            setup_draft& draft) {
  std::vector<std::string_view> given;
  std::optional<int> code;
  for (const auto& question : setup_questions()) {
    const auto value = args.value(question.flag);
    if (!value) continue;
    given.push_back(question.flag);
    const auto taken = draft.take(question, *value);
    if (taken) continue;
    const int worth = taken.error().where == "taken" ? +refused : +usage;
    report(ctx, error{fmt::format("setup: --{}", question.flag), taken.error().what}, worth);
    // What cannot be read at all is the graver mistake.
    code = code && *code == usage ? +usage : worth;
  }
  if (args.has("admin-password-stdin")) {
    const auto password = choose_password(ctx, true);
    if (!password) return tl::unexpected(password.error());
    draft.plan().admin_password = password->text;
  }
  if (code) return tl::unexpected(*code);
  return given;
}

// The questions that no flag answers get what they would offer.
tl::expected<void, int> take_defaults(context& ctx, setup_draft& draft,
                                      const std::vector<std::string_view>& given) {
  for (const auto& question : setup_questions()) {
    if (std::find(given.begin(), given.end(), question.flag) != given.end()) continue;
    if (question.key == "organization.name") {
      return tl::unexpected(report(ctx, error{"setup", "--name is needed with --yes"}, usage));
    }
    if (const auto taken = draft.take(question, draft.offered(question)); !taken) {
      return tl::unexpected(
          report(ctx, error{fmt::format("setup: --{}", question.flag), taken.error().what}, refused));
    }
  }
  return {};
}

json outcome(const context& ctx, const setup_plan& plan, const std::string& password) {
  json admin{{"user", plan.admin_user}};
  if (!plan.admin_password) admin["password"] = password;
  return {{"slug", plan.slug},
          {"name", plan.config.organization.name},
          {"id", plan.config.organization.id.text()},
          {"dashboard", dashboard_url(plan.config)},
          {"broker", plan.config.broker.url},
          {"file", ctx.root.tenant_file(plan.slug).string()},
          {"admin", std::move(admin)}};
}

void show_outcome(context& ctx, const setup_plan& plan, const std::string& password) {
  const auto program = program_words(ctx);
  ctx.out << '\n'
          << swatch(ctx, plan.config.branding.primary_color)
          << bold(ctx, plan.config.organization.name + " is set up.") << "\n\n"
          << fmt::format("  dashboard  {}\n  user       {}\n", dashboard_url(plan.config), plan.admin_user);
  if (!plan.admin_password) {
    ctx.out << fmt::format("  password   {}   (not shown again)\n", bold(ctx, password));
  }
  ctx.out << fmt::format("\nNext:\n\n  {0} up\n  {0} installer {1}\n", program, plan.slug);
}

int setup(context& ctx, const arguments& args) {
  auto scanned = tenants::scan_tenants(ctx.root);
  // The new one can be made all the same; whoever looks after the others should know.
  report(ctx, scanned.mistakes);
  setup_draft draft(ctx, std::move(scanned.tenants));
  const auto given = take_flags(ctx, args, draft);
  if (!given) return given.error();
  if (args.has("yes")) {
    if (const auto taken = take_defaults(ctx, draft, *given); !taken) return taken.error();
  } else if (!ask_for_plan(ctx, draft, *given)) {
    return report(ctx, error{"setup", "nothing was made"});
  }
  const auto& plan = draft.plan();
  const auto checked = tenants::parse_tenant_config(tenants::format_tenant_config(plan.config), "setup");
  if (!checked) return report(ctx, checked.error(), usage);

  const auto password = create_organization(ctx.root, plan);
  if (!password)
    return report(ctx, password.error(), password.error().what == "is taken now" ? refused : failed);
  // The organisation is there whatever the broker says: sync() tells what is left to do.
  sync(ctx);
  if (ctx.json) {
    print_json(ctx, outcome(ctx, plan, *password));
  } else {
    show_outcome(ctx, plan, *password);
  }
  return done;
}

constexpr std::array flags{
    flag{"yes", "", "ask nothing: what no flag says gets its default"},
    flag{"name", "NAME", "the organisation's name, as its dashboard shows it"},
    flag{"slug", "SLUG", "its short name, for commands and folders (from the name)"},
    flag{"contact", "EMAIL", "whom to ask about it"},
    flag{"host", "ADDRESS", "where its dashboard listens (127.0.0.1)"},
    flag{"port", "PORT", "its dashboard's port (the next free one from 8768)"},
    flag{"title", "TEXT", "its dashboard's title (NAME Fleet)"},
    flag{"primary-color", "COLOR", "#rrggbb or a name, as orange (one that no other has)"},
    flag{"secondary-color", "COLOR", "#rrggbb, a name or none"},
    flag{"logo-url", "URL", "https:// or data:image/"},
    flag{"broker-url", "URL", "mqtts://HOST:PORT, the same for all (mqtts://localhost:8883)"},
    flag{"report-interval", "S", "seconds between samples (10)"},
    flag{"cpu-threshold", "PERCENT", "when to raise an alert (90)"},
    flag{"memory-threshold", "PERCENT", "(90)"},
    flag{"disk-threshold", "PERCENT", "(90)"},
    flag{"history-size", "N", "samples kept of each host (360)"},
    flag{"admin-user", "NAME", "the first administrator's login (admin)"},
    flag{"admin-password-stdin", "", "read their password from standard input (a random one, shown once)"},
};
constexpr verb setup_verb{
    "setup",
    "",
    "Makes a new organisation. Asks for what no flag says.",
    "  atlas-fleet setup\n"
    "  atlas-fleet setup --name 'Acme Corp' --primary-color orange\n"
    "  atlas-fleet setup --yes --name 'Acme Corp' --broker-url mqtts://fleet.example.com:8883\n"
    "  pass show acme | atlas-fleet setup --yes --name 'Acme Corp' --admin-password-stdin\n",
    flags,
    setup};

}  // namespace

int run_setup(context& ctx, std::span<const std::string> args) { return run_verb(ctx, setup_verb, args); }

}  // namespace atlas::cli
