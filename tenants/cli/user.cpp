// `atlas-fleet user …`.
#include "tenants/cli/arguments.hpp"
#include "tenants/cli/output.hpp"
#include "tenants/cli/user_sessions.hpp"

#include <array>

#include <fmt/format.h>

namespace atlas::cli {

namespace {

// Tells a random password, the only time that it is to be seen.
int tell(context& ctx, std::string_view name, const chosen_password& password,
         std::string_view what_happened) {
  if (ctx.json) {
    json told{{"name", name}};
    if (password.is_random) told["password"] = password.text;
    print_json(ctx, told);
    return done;
  }
  ctx.out << what_happened << '\n';
  if (password.is_random) {
    ctx.out << fmt::format("\n  user      {}\n  password  {}   (not shown again)\n", name,
                           bold(ctx, password.text));
  }
  return done;
}

int unknown_user(context& ctx, const tenants::tenant& org, std::string_view name) {
  return report(ctx,
                error{std::string(name), fmt::format("is no user of {}; '{} user list {}' shows them",
                                                     org.slug, program_words(ctx), org.slug)},
                not_found);
}

// What the registry does not do to this user, or its trouble.
int report_refusal(context& ctx, const error& problem, std::string_view name) {
  return report(ctx, problem, problem.where == name ? refused : failed);
}

int add(context& ctx, const arguments& args) {
  const auto& name = args.word(1);
  const auto named_role = args.value("role");
  if (!named_role) return report(ctx, error{"--role", "is needed: viewer, operator or admin"}, usage);
  const auto granted = parse_role(*named_role);
  if (!granted) return report(ctx, error{"--role", granted.error().what}, usage);
  if (const auto good = tenants::registry::check_user_name(name); !good)
    return report(ctx, good.error(), usage);
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  auto registry = open_registry(ctx, *org);
  if (!registry) return registry.error();
  const auto users = registry->users();
  if (!users) return report(ctx, users.error());
  for (const auto& user : *users) {
    if (user.name == name) {
      return report(ctx, error{name, fmt::format("is a user of {} already", org->slug)}, refused);
    }
  }
  const auto password = choose_password(ctx, args.has("password-stdin"));
  if (!password) return password.error();
  if (const auto added = registry->add_user(name, *granted, password->text, now()); !added) {
    return report(ctx, added.error(), refused);
  }
  return tell(
      ctx, name, *password,
      fmt::format("{} may log in to {} as {}.", name, org->config.organization.name, to_string(*granted)));
}

int list(context& ctx, const arguments& args) {
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  const auto registry = open_registry(ctx, *org);
  if (!registry) return registry.error();
  const auto users = registry->users();
  if (!users) return report(ctx, users.error());
  if (ctx.json) {
    auto rows = json::array();
    for (const auto& user : *users) {
      rows.push_back(
          {{"name", user.name}, {"role", to_string(user.user_role)}, {"added", to_int(user.added)}});
    }
    print_json(ctx, {{"users", std::move(rows)}});
    return done;
  }
  if (users->empty()) {
    ctx.out << fmt::format("Nobody may log in to {}. Add someone: {} user add {} NAME --role admin\n",
                           org->config.organization.name, program_words(ctx), org->slug);
    return done;
  }
  text_table table({"NAME", "ROLE", "ADDED"});
  for (const auto& user : *users) {
    table.add({user.name, std::string(to_string(user.user_role)), format_time(user.added)});
  }
  table.print(ctx);
  return done;
}

int remove(context& ctx, const arguments& args) {
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  auto registry = open_registry(ctx, *org);
  if (!registry) return registry.error();
  const auto removed = registry->remove_user(args.word(1));
  if (!removed) return report_refusal(ctx, removed.error(), args.word(1));
  if (!*removed) return unknown_user(ctx, *org, args.word(1));
  if (ctx.json) {
    print_json(ctx, {{"name", args.word(1)}, {"removed", true}});
  } else {
    ctx.out << fmt::format("Removed {} and ended their sessions.\n", args.word(1));
  }
  return done;
}

int change_role(context& ctx, const arguments& args) {
  const auto& name = args.word(1);
  const auto wanted = parse_role(args.word(2));
  if (!wanted) return report(ctx, error{args.word(2), wanted.error().what}, usage);
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  auto registry = open_registry(ctx, *org);
  if (!registry) return registry.error();
  const auto changed = registry->set_role(name, *wanted);
  if (!changed) return report_refusal(ctx, changed.error(), name);
  if (!*changed) return unknown_user(ctx, *org, name);
  if (ctx.json) {
    print_json(ctx, {{"name", name}, {"role", to_string(*wanted)}});
  } else {
    ctx.out << fmt::format("{} is {} now; their sessions have ended.\n", name, to_string(*wanted));
  }
  return done;
}

int change_password(context& ctx, const arguments& args) {
  const auto& name = args.word(1);
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  auto registry = open_registry(ctx, *org);
  if (!registry) return registry.error();
  const auto password = choose_password(ctx, args.has("password-stdin"));
  if (!password) return password.error();
  const auto changed = registry->set_password(name, password->text);
  if (!changed) return report(ctx, changed.error());
  if (!*changed) return unknown_user(ctx, *org, name);
  return tell(ctx, name, *password,
              fmt::format("Changed the password of {} and ended their sessions.", name));
}

constexpr flag password_stdin{"password-stdin", "", "read the password from standard input"};
constexpr std::array add_flags{flag{"role", "ROLE", "what they may do: viewer, operator or admin"},
                               password_stdin};
constexpr std::array password_flags{password_stdin};
constexpr std::array verbs{
    verb{"user add", "ORG NAME",
         "Lets a person log in to the dashboard. At a terminal it asks for a password.",
         "  atlas-fleet user add acme anna --role operator\n", add_flags, add},
    verb{"user list", "ORG", "Shows who may log in.", "  atlas-fleet user list acme\n", {}, list},
    verb{"user remove",
         "ORG NAME",
         "Takes a person's login away.",
         "  atlas-fleet user remove acme anna\n",
         {},
         remove},
    verb{"user role",
         "ORG NAME ROLE",
         "Changes what a person may do (viewer, operator or admin) and ends their sessions.",
         "  atlas-fleet user role acme anna admin\n",
         {},
         change_role},
    verb{"user passwd", "ORG NAME", "Changes a person's password and ends their sessions.",
         "  atlas-fleet user passwd acme anna\n", password_flags, change_password},
    verb{"user sessions",
         "ORG [NAME]",
         "Shows who is logged in, since when and from where.",
         "  atlas-fleet user sessions acme\n  atlas-fleet user sessions acme anna\n",
         {},
         run_user_sessions},
    verb{"user logout",
         "ORG NAME [SESSION]",
         "Ends all sessions of a person, or one; a dashboard that is open goes back to the login within "
         "seconds.",
         "  atlas-fleet user logout acme anna\n  atlas-fleet user logout acme anna 3f9a01bc\n",
         {},
         run_user_logout},
};

}  // namespace

int run_user(context& ctx, std::span<const std::string> args) {
  return run_family(ctx, "user", "People who may log in to an organisation's dashboard.", verbs, args);
}

}  // namespace atlas::cli
