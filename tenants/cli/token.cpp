// `atlas-fleet token …`.
#include "tenants/cli/arguments.hpp"
#include "tenants/cli/output.hpp"

#include <array>

#include <fmt/format.h>

namespace atlas::cli {

namespace {

int make(context& ctx, const arguments& args) {
  const auto named_role = args.value("role");
  if (!named_role) return report(ctx, error{"--role", "is needed: viewer, operator or admin"}, usage);
  const auto granted = parse_role(*named_role);
  if (!granted) return report(ctx, error{"--role", granted.error().what}, usage);
  const auto at = now();
  std::optional<unix_ms> expires;
  if (const auto text = args.value("expires")) {
    const auto duration = parse_duration(*text);
    if (!duration) return report(ctx, error{"--expires", duration.error().what}, usage);
    expires = at + *duration;
  }
  const auto label = args.value("label").value_or("");
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  auto registry = open_registry(ctx, *org);
  if (!registry) return registry.error();
  const auto token = registry->create_api_token(label, *granted, expires, at);
  if (!token) return report(ctx, token.error());
  if (ctx.json) {
    print_json(ctx, {{"token", *token}, {"role", to_string(*granted)}});
    return done;
  }
  ctx.out << *token << '\n';
  const auto until =
      expires ? fmt::format("until {}", format_time(*expires)) : std::string("until it is revoked");
  ctx.err << fmt::format("A token for {} as {}, valid {}. It is not shown again.\n",
                         org->config.organization.name, to_string(*granted), until);
  return done;
}

int list(context& ctx, const arguments& args) {
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  const auto registry = open_registry(ctx, *org);
  if (!registry) return registry.error();
  const auto tokens = registry->api_tokens();
  if (!tokens) return report(ctx, tokens.error());
  if (ctx.json) {
    auto rows = json::array();
    for (const auto& token : *tokens) {
      rows.push_back({{"id", token.id},
                      {"label", token.label},
                      {"role", to_string(token.token_role)},
                      {"added", to_int(token.added)},
                      {"expires", token.expires ? json(to_int(*token.expires)) : json(nullptr)}});
    }
    print_json(ctx, {{"tokens", std::move(rows)}});
    return done;
  }
  if (tokens->empty()) {
    ctx.out << fmt::format("{} has no API tokens.\n", org->config.organization.name);
    return done;
  }
  const auto at = now();
  text_table table({"ID", "ROLE", "MADE", "EXPIRES", "LABEL"});
  for (const auto& token : *tokens) {
    const auto expires = !token.expires         ? "never"
                         : *token.expires <= at ? "has expired"
                                                : format_time(*token.expires);
    table.add(
        {token.id, std::string(to_string(token.token_role)), format_time(token.added), expires, token.label});
  }
  table.print(ctx);
  return done;
}

int revoke(context& ctx, const arguments& args) {
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  auto registry = open_registry(ctx, *org);
  if (!registry) return registry.error();
  const auto revoked = registry->revoke_api_token(args.word(1));
  if (!revoked) return report(ctx, revoked.error());
  if (!*revoked) {
    // Not the word itself: it may be the token, and that is a secret.
    return report(ctx,
                  error{"token", fmt::format("there is none with that id; '{} token list {}' shows the ids",
                                             program_words(ctx), org->slug)},
                  not_found);
  }
  if (ctx.json) {
    print_json(ctx, {{"id", args.word(1)}, {"revoked", true}});
  } else {
    ctx.out << fmt::format("Revoked the token {}.\n", args.word(1));
  }
  return done;
}

constexpr std::array make_flags{
    flag{"role", "ROLE", "what it may do: viewer, operator or admin"},
    flag{"label", "TEXT", "what it is for, as the list shows it"},
    flag{"expires", "TIME", "how long it is valid: 30d, 12h, … (until it is revoked)"},
};
constexpr std::array verbs{
    verb{"token api", "ORG", "Makes an API token and prints it, the only time that it is to be seen.",
         "  atlas-fleet token api acme --role viewer --label prometheus\n"
         "  curl -H \"Authorization: Bearer $(atlas-fleet token api acme --role viewer --expires 1h)\" …\n",
         make_flags, make},
    verb{"token list",
         "ORG",
         "Shows the API tokens, not their secrets.",
         "  atlas-fleet token list acme\n",
         {},
         list},
    verb{"token revoke",
         "ORG ID",
         "Makes an API token invalid at once.",
         "  atlas-fleet token revoke acme 3f9a01bc\n",
         {},
         revoke},
};

}  // namespace

int run_token(context& ctx, std::span<const std::string> args) {
  return run_family(ctx, "token", "API tokens, with which programs use an organisation's HTTP interface.",
                    verbs, args);
}

}  // namespace atlas::cli
