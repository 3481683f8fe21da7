// `atlas-fleet token …`.
#include "core/sha256.hpp"
#include "tenants/cli/arguments.hpp"
#include "tenants/cli/enrollment_terms.hpp"
#include "tenants/cli/output.hpp"
#include "tenants/installer_script.hpp"
#include "tenants/server_url.hpp"

#include <array>

#include <fmt/format.h>

namespace atlas::cli {

namespace {

// What differs between the lines for Linux and macOS, where the LaunchAgent is the user's own: no sudo.
struct shell_words {
  std::string_view system;
  std::string_view checksum;
  std::string_view shell;
};
constexpr std::array systems{
    shell_words{"Linux", "sha256sum", "sudo sh"},
    shell_words{"macOS", "shasum -a 256", "sh"},
};

// Lines for a shell: each fetches the installer, makes sure that it is ours, and hands it the token, which
// stands in no argument list.
std::string pasted_lines(const tenants::state_root& root, const tenants::tenant_config& config,
                         std::string_view token) {
  const auto checksum = sha256_hex(tenants::render_installer(root, config, {}));
  std::string lines;
  for (const auto& words : systems) {
    lines += fmt::format(
        "On {}:\n\n"
        "  curl -fsSk {}/api/v1/agent/install.sh -o install.sh && echo '{}  install.sh' | {} -c - && "
        "echo {} | {} install.sh --token-stdin\n\n",
        words.system, tenants::server_url(config), checksum, words.checksum, token, words.shell);
  }
  return lines;
}

int make(context& ctx, const arguments& args) {
  const auto named_role = args.value("role");
  if (!named_role) return report(ctx, error{"--role", "is needed: viewer, operator or admin"}, usage);
  const auto granted = parse_role(*named_role);
  if (!granted) return report(ctx, error{"--role", granted.error().what}, usage);
  const auto at = now();
  const auto given_expiry = read_expiry(ctx, args);
  if (!given_expiry) return given_expiry.error();
  const auto& expires = *given_expiry;
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

int enroll(context& ctx, const arguments& args) {
  const auto terms = read_enrollment_terms(ctx, args);
  if (!terms) return terms.error();
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  const auto token = make_enrollment_token(ctx, *org, *terms);
  if (!token) return token.error();
  if (ctx.json) {
    print_json(ctx, {{"token", *token},
                     {"expires", to_int(terms->expires)},
                     {"uses", terms->max_uses ? json(*terms->max_uses) : json(nullptr)}});
    return done;
  }
  ctx.out << *token << '\n';
  warn_of_reach(ctx, org->config);
  ctx.err << fmt::format("Lets {} enrol with {} until {}. It is not shown again. A line for a new machine:\n\n{}",
                         terms->max_uses ? fmt::format("{} machines", *terms->max_uses) : "machines",
                         org->config.organization.name, format_time(terms->expires),
                         pasted_lines(ctx.root, org->config, *token));
  return done;
}

int list(context& ctx, const arguments& args) {
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  const auto registry = open_registry(ctx, *org);
  if (!registry) return registry.error();
  const auto tokens = registry->api_tokens();
  if (!tokens) return report(ctx, tokens.error());
  const auto enrollment = registry->enrollment_tokens();
  if (!enrollment) return report(ctx, enrollment.error());
  if (ctx.json) {
    auto rows = json::array();
    for (const auto& token : *tokens) {
      rows.push_back({{"id", token.id},
                      {"kind", "api"},
                      {"label", token.label},
                      {"role", to_string(token.token_role)},
                      {"added", to_int(token.added)},
                      {"expires", token.expires ? json(to_int(*token.expires)) : json(nullptr)}});
    }
    for (const auto& token : *enrollment) {
      rows.push_back({{"id", token.id},
                      {"kind", "enroll"},
                      {"label", token.label},
                      {"added", to_int(token.added)},
                      {"expires", to_int(token.expires)},
                      {"uses", token.uses},
                      {"max_uses", token.max_uses ? json(*token.max_uses) : json(nullptr)}});
    }
    print_json(ctx, {{"tokens", std::move(rows)}});
    return done;
  }
  if (tokens->empty() && enrollment->empty()) {
    ctx.out << fmt::format("{} has no tokens.\n", org->config.organization.name);
    return done;
  }
  const auto at = now();
  text_table table({"ID", "FOR", "MADE", "EXPIRES", "USED", "LABEL"});
  for (const auto& token : *enrollment) {
    const auto used =
        token.max_uses ? fmt::format("{} of {}", token.uses, *token.max_uses) : std::to_string(token.uses);
    table.add({token.id, "enrolment", format_time(token.added),
               token.expires <= at ? "has expired" : format_time(token.expires), used, token.label});
  }
  for (const auto& token : *tokens) {
    const auto expires = !token.expires         ? "never"
                         : *token.expires <= at ? "has expired"
                                                : format_time(*token.expires);
    table.add({token.id, std::string(to_string(token.token_role)), format_time(token.added), expires, "",
               token.label});
  }
  table.print(ctx);
  return done;
}

int revoke(context& ctx, const arguments& args) {
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  auto registry = open_registry(ctx, *org);
  if (!registry) return registry.error();
  const auto revoked = registry->revoke_token(args.word(1));
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
constexpr std::array enroll_flags{expires_flag, uses_flag, label_flag};
constexpr std::array verbs{
    verb{"token enroll", "ORG",
         "Makes a token with which new machines become hosts, and prints it, the only time that it is to be "
         "seen.\n"
         "Each machine gets a password of its own for it; a host that is known already is refused.",
         "  atlas-fleet token enroll acme\n"
         "  atlas-fleet token enroll acme --expires 12h --uses 50 --label 'laptops of the Berlin office'\n",
         enroll_flags, enroll},
    verb{"token api", "ORG", "Makes an API token and prints it, the only time that it is to be seen.",
         "  atlas-fleet token api acme --role viewer --label prometheus\n"
         "  curl -H \"Authorization: Bearer $(atlas-fleet token api acme --role viewer --expires 1h)\" …\n",
         make_flags, make},
    verb{"token list",
         "ORG",
         "Shows the tokens, not their secrets.",
         "  atlas-fleet token list acme\n",
         {},
         list},
    verb{"token revoke",
         "ORG ID",
         "Makes a token invalid at once; hosts that have enrolled with it stay.",
         "  atlas-fleet token revoke acme 3f9a01bc\n",
         {},
         revoke},
};

}  // namespace

int run_token(context& ctx, std::span<const std::string> args) {
  return run_family(
      ctx, "token",
      "Tokens with which programs use an organisation's HTTP interface, and with which machines enrol.",
      verbs, args);
}

}  // namespace atlas::cli
