#include "tenants/cli/user_sessions.hpp"

#include "tenants/cli/output.hpp"

#include <fmt/format.h>

namespace atlas::cli {

namespace {

void print_sessions(context& ctx, const std::vector<tenants::session>& sessions) {
  if (ctx.json) {
    auto rows = json::array();
    for (const auto& one : sessions) {
      rows.push_back({{"id", one.id},
                      {"user", one.user},
                      {"role", to_string(one.user_role)},
                      {"created", to_int(one.added)},
                      {"last_seen", to_int(one.seen)},
                      {"expires", to_int(one.expires)},
                      {"address", one.origin.address},
                      {"user_agent", one.origin.agent}});
    }
    return print_json(ctx, {{"sessions", std::move(rows)}});
  }
  if (sessions.empty()) {
    ctx.out << "Nobody is logged in.\n";
    return;
  }
  text_table table({"SESSION", "USER", "SINCE", "LAST SEEN", "ENDS", "FROM", "BROWSER"});
  for (const auto& one : sessions) {
    table.add({one.id, one.user, format_time(one.added), format_time(one.seen), format_time(one.expires),
               one.origin.address, one.origin.agent});
  }
  table.print(ctx);
}

}  // namespace

int run_user_sessions(context& ctx, const arguments& args) {
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  const auto registry = open_registry(ctx, *org);
  if (!registry) return registry.error();
  std::optional<std::string_view> name;
  if (args.words().size() > 1) name = args.word(1);
  const auto sessions = registry->sessions(name, now());
  if (!sessions) return report(ctx, sessions.error());
  print_sessions(ctx, *sessions);
  return done;
}

int run_user_logout(context& ctx, const arguments& args) {
  const auto& name = args.word(1);
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  auto registry = open_registry(ctx, *org);
  if (!registry) return registry.error();
  std::size_t ended = 0;
  if (args.words().size() > 2) {
    const auto found = registry->end_session_of_id(args.word(2), name);
    if (!found) return report(ctx, found.error());
    if (!*found) {
      return report(
          ctx,
          error{args.word(2), fmt::format("is no session of {}; '{} user sessions {} {}' shows them", name,
                                          program_words(ctx), org->slug, name)},
          not_found);
    }
    ended = 1;
  } else {
    const auto found = registry->end_sessions(name);
    if (!found) return report(ctx, found.error());
    ended = *found;
  }
  if (ctx.json) {
    print_json(ctx, {{"name", name}, {"ended", ended}});
  } else {
    ctx.out << fmt::format("Ended {} session{} of {}.\n", ended, ended == 1 ? "" : "s", name);
  }
  return done;
}

}  // namespace atlas::cli
