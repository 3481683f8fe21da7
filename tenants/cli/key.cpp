// `atlas-fleet key …`.
#include "tenants/cli/arguments.hpp"
#include "tenants/cli/output.hpp"

#include <array>

#include <fmt/format.h>

namespace atlas::cli {

namespace {

int show(context& ctx, const arguments& args) {
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  const auto& key = org->config.server.api_key;
  const bool reveal = args.has("reveal");
  const auto text = reveal ? key.reveal() : key.masked();
  if (ctx.json) {
    print_json(ctx, {{"api_key", text}, {"masked", !reveal}});
    return done;
  }
  ctx.out << text << '\n';
  if (!reveal) ctx.err << "Everything of the organisation follows from this key; --reveal shows it.\n";
  return done;
}

constexpr std::array flags{flag{"reveal", "", "print the key itself and nothing else"}};
constexpr std::array verbs{verb{"key show", "ORG", "Shows an organisation's API key, masked.",
                                "  atlas-fleet key show acme\n  atlas-fleet key show acme --reveal\n", flags,
                                show}};

}  // namespace

int run_key(context& ctx, std::span<const std::string> args) {
  return run_family(ctx, "key", "The API key of an organisation, from which every host's password follows.",
                    verbs, args);
}

}  // namespace atlas::cli
