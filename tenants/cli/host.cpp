// `atlas-fleet host …`.
#include "tenants/cli/agent_settings.hpp"
#include "tenants/cli/arguments.hpp"
#include "tenants/rotation.hpp"

#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace atlas::cli {

namespace {

// Of the host's password, while the organisation's key is rotated and after it.
std::string_view standing(const tenants::key_ring& keys, const tenants::registered_host& host) {
  if (!keys.host_password(host)) return "cut off";
  return host.key && *host.key == keys.previous_id() ? "to be moved" : "good";
}

int list(context& ctx, const arguments& args) {
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  const auto registry = open_registry(ctx, *org);
  if (!registry) return registry.error();
  const auto hosts = registry->hosts();
  if (!hosts) return report(ctx, hosts.error());
  const auto keys = tenants::read_key_ring(ctx.root, *org);
  if (!keys) return report(ctx, keys.error());
  if (ctx.json) {
    auto rows = json::array();
    for (const auto& host : *hosts) {
      rows.push_back({{"id", host.id.text()},
                      {"generation", host.generation},
                      {"added", to_int(host.added)},
                      {"tags", host.label.tags},
                      {"password", standing(*keys, host)}});
    }
    print_json(ctx, {{"hosts", std::move(rows)}});
    return done;
  }
  if (hosts->empty()) {
    ctx.out << fmt::format("{} has no hosts yet. Register one: {} host add {} ID\n",
                           org->config.organization.name, program_words(ctx), org->slug);
    return done;
  }
  text_table table({"HOST", "REGISTERED", "GENERATION", "PASSWORD", "TAGS"});
  for (const auto& host : *hosts) {
    table.add({std::string(host.id.text()), format_time(host.added), std::to_string(host.generation),
               std::string(standing(*keys, host)), fmt::format("{}", fmt::join(host.label.tags, " "))});
  }
  table.print(ctx);
  return done;
}

// What "ORG ID" names: the host itself may not be there yet.
struct named_host {
  host_id id;
  tenants::tenant org;
  tenants::registry registry;
};

// The error is the exit code.
tl::expected<named_host, int> find_named(context& ctx, const arguments& args) {
  const auto id = parse_host(ctx, args.word(1));
  if (!id) return tl::unexpected(id.error());
  auto org = find_org(ctx, args.word(0));
  if (!org) return tl::unexpected(org.error());
  auto registry = open_registry(ctx, *org);
  if (!registry) return tl::unexpected(registry.error());
  return named_host{*id, *std::move(org), *std::move(registry)};
}

int add(context& ctx, const arguments& args) {
  auto named = find_named(ctx, args);
  if (!named) return named.error();
  auto& [id, org, registry] = *named;
  const auto known = registry.host(id);
  if (!known) return report(ctx, known.error());
  if (*known) {
    return report(ctx, error{std::string(id.text()), fmt::format("is a host of {} already", org.slug)},
                  refused);
  }
  const auto added = registry.add_host(id, now());
  if (!added) return report(ctx, added.error());
  if (!sync(ctx)) return failed;
  if (ctx.json) {
    print_json(ctx, {{"id", id.text()}, {"generation", added->generation}});
    return done;
  }
  ctx.out << fmt::format(
      "Registered {0} with {1}. Next, its agent's configuration, with its password:\n\n"
      "  {2} agent-config {3} --host {0} -o config.json\n",
      id.text(), org.config.organization.name, program_words(ctx), org.slug);
  return done;
}

error no_such_host(const context& ctx, const tenants::tenant& org, const host_id& id) {
  return {std::string(id.text()), fmt::format("is no host of {}; '{} host list {}' shows them", org.slug,
                                              program_words(ctx), org.slug)};
}

int revoke(context& ctx, const arguments& args) {
  auto named = find_named(ctx, args);
  if (!named) return named.error();
  auto& [id, org, registry] = *named;
  const auto revoked = registry.revoke_host(id);
  if (!revoked) return report(ctx, revoked.error());
  if (!*revoked) {
    return report(ctx, no_such_host(ctx, org, id), not_found);
  }
  if (!sync(ctx)) return failed;
  if (ctx.json) {
    print_json(ctx, {{"id", id.text()}, {"revoked", true}});
  } else {
    ctx.out << fmt::format("Revoked {}: its password opens nothing any more.\n", id.text());
  }
  return done;
}

int readmit(context& ctx, const arguments& args) {
  auto named = find_named(ctx, args);
  if (!named) return named.error();
  auto& [id, org, registry] = *named;
  const auto readmitted = registry.readmit_host(id);
  if (!readmitted) return report(ctx, readmitted.error());
  if (!*readmitted) {
    return report(ctx,
                  error{std::string(id.text()),
                        fmt::format("has never been a host of {}: it can enrol without this", org.slug)},
                  not_found);
  }
  if (ctx.json) {
    print_json(ctx, {{"id", id.text()}, {"readmitted", true}});
  } else {
    ctx.out << fmt::format("The next machine that enrols as {} with a valid token is taken, once.\n",
                           id.text());
  }
  return done;
}

int tag(context& ctx, const arguments& args) {
  auto named = find_named(ctx, args);
  if (!named) return named.error();
  auto& [id, org, registry] = *named;
  const auto& words = args.words();
  if (words.size() > 2 && args.has("none")) {
    return report(ctx, error{"--none", "takes all tags away: name none beside it"}, usage);
  }
  if (words.size() == 2 && !args.has("none")) {
    return report(ctx, error{"TAG", "is missing; --none takes all tags away"}, usage);
  }
  host_label_change change;
  change.tags.emplace(words.begin() + 2, words.end());
  if (const auto good = check(change); !good) return report(ctx, good.error(), usage);
  const auto known = registry.label_host(id, change);
  if (!known) return report(ctx, known.error());
  if (!*known) return report(ctx, no_such_host(ctx, org, id), not_found);
  if (ctx.json) {
    print_json(ctx, {{"id", id.text()}, {"tags", *change.tags}});
  } else {
    ctx.out << (change.tags->empty()
                    ? fmt::format("{} has no tags but those that its agent reports.\n", id.text())
                    : fmt::format("{} is tagged {}.\n", id.text(), fmt::join(*change.tags, ", ")));
  }
  return done;
}

constexpr std::array none_flag{flag{"none", "", "takes all of them away"}};

constexpr std::array verbs{
    verb{"host list", "ORG", "Shows the hosts that may report.", "  atlas-fleet host list acme\n", {}, list},
    verb{"host add",
         "ORG ID",
         "Registers a host and lets it in at the broker.",
         "  atlas-fleet host add acme web-1\n",
         {},
         add},
    verb{"host readmit",
         "ORG ID",
         "Lets a host that has enrolled before enrol once more, as after a new installation: it gets a new "
         "password, and the old one ends.",
         "  atlas-fleet host readmit acme web-1\n",
         {},
         readmit},
    verb{"host tag", "ORG ID [TAG…]",
         "Sets a host's tags, beside those that its agent reports: alert overrides, silences and the search "
         "go by both.",
         "  atlas-fleet host tag acme web-1 office \"third floor\"\n"
         "  atlas-fleet host tag acme web-1 --none\n",
         none_flag, tag},
    verb{"host revoke",
         "ORG ID",
         "Shuts a host out at once; its password is never valid again.",
         "  atlas-fleet host revoke acme web-1\n",
         {},
         revoke},
};

}  // namespace

int run_host(context& ctx, std::span<const std::string> args) {
  return run_family(ctx, "host", "The hosts of an organisation.", verbs, args);
}

}  // namespace atlas::cli
