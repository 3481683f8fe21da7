#include "tenants/cli/org_set.hpp"

#include "tenants/cli/conflicts.hpp"
#include "tenants/cli/output.hpp"
#include "tenants/private_file.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace atlas::cli {

namespace {

using tenants::tenant;

// Keys that other things hang on, which would silently stop to work.
std::string refusal(std::string_view key) {
  if (key == "organization.id") {
    return "cannot be changed: topics, users and every password follow from it";
  }
  if (key == "server.api_key") {
    return "cannot be set here: a command line is not secret, and every password follows from the key";
  }
  return {};
}

std::string conflict(const std::vector<tenant>& all, const tenant& changed, std::string_view key) {
  const auto& config = changed.config;
  if (key == "organization.name") return name_conflict(all, changed.slug, config.organization.name);
  if (key == "server.port") return port_conflict(all, changed.slug, config.server.port);
  if (key == "broker.url") return broker_conflict(all, changed.slug, config.broker.url);
  return {};
}

// What has to be done before the change is felt.
std::string consequence(const context& ctx, std::string_view key) {
  const auto section = key.substr(0, key.find('.'));
  if (section == "broker") {
    return fmt::format(
        "Restart '{} up', and give the agents their configuration anew (installer, agent-config).",
        program_words(ctx));
  }
  if (key == "agent.retry_interval" || key == "agent.connection_timeout") {
    return "It is in configurations that are written from now on (installer, agent-config).";
  }
  return fmt::format("It takes effect when the organisation's service is restarted ('{} up').",
                     program_words(ctx));
}

struct setting {
  std::string key;
  std::string value;
};

// KEY VALUE pairs after ORG, which is left out with --all.
std::optional<std::vector<setting>> parse_settings(const arguments& args) {
  const auto& words = args.words();
  const std::size_t first = args.has("all") ? 0 : 1;
  if (words.size() <= first || (words.size() - first) % 2 != 0) return std::nullopt;
  std::vector<setting> settings;
  for (auto i = first; i < words.size(); i += 2) settings.push_back({words[i], words[i + 1]});
  return settings;
}

// The organisations that are meant, or the exit code.
tl::expected<std::vector<tenant>, int> chosen_orgs(context& ctx, const arguments& args) {
  const bool all = args.has("all");
  if (all) {
    auto loaded = tenants::load_tenants(ctx.root);
    if (!loaded) return tl::unexpected(report(ctx, loaded.error()));
    return std::move(*loaded);
  }
  auto org = find_org(ctx, args.word(0));
  if (!org) return tl::unexpected(org.error());
  return std::vector<tenant>{std::move(*org)};
}

// Puts the values in; the exit code when they do not fit.
std::optional<int> change(context& ctx, tenant& org, const std::vector<setting>& settings) {
  for (const auto& [key, value] : settings) {
    const auto set = tenants::set_value(org.config, key, value);
    if (!set) return report(ctx, error{fmt::format("org set: {}", key), set.error().what}, usage);
  }
  // The parser knows how the values must fit together.
  const auto checked = tenants::parse_tenant_config(tenants::format_tenant_config(org.config), "org set");
  if (!checked) return report(ctx, checked.error(), usage);
  return std::nullopt;
}

// Writes and records the change; the exit code when that fails. Values are not recorded, since they may be
// secret.
std::optional<int> save(context& ctx, const tenant& org, const std::vector<setting>& settings) {
  auto registry = open_registry(ctx, org);
  if (!registry) return registry.error();
  std::string keys;
  for (const auto& each : settings) keys += (keys.empty() ? "" : " ") + each.key;
  const auto saved = registry->recorded("org.set", keys, [&] {
    return tenants::save_tenant_config(org.config, ctx.root.tenant_file(org.slug));
  });
  if (!saved) return report(ctx, saved.error());
  return std::nullopt;
}

}  // namespace

int run_org_set(context& ctx, const arguments& args) {
  // Held until the files are written, so that two changes at once do not undo each other.
  const auto folder = ctx.root.path() / "tenants";
  std::error_code ignored;
  std::optional<tenants::directory_lock> lock;
  if (std::filesystem::exists(folder, ignored)) {
    auto locked = tenants::directory_lock::acquire(folder);
    if (!locked) return report(ctx, locked.error());
    lock.emplace(std::move(*locked));
  }
  const auto settings = parse_settings(args);
  if (!settings) {
    return report(
        ctx,
        error{"org set",
              "needs ORG and pairs of KEY VALUE, or --all and pairs; see 'atlas-fleet org set --help'"},
        usage);
  }
  auto orgs = chosen_orgs(ctx, args);
  if (!orgs) return orgs.error();
  for (const auto& [key, value] : *settings) {
    if (const auto reason = refusal(key); !reason.empty()) return report(ctx, error{key, reason}, refused);
  }
  for (auto& org : *orgs) {
    if (const auto code = change(ctx, org, *settings)) return *code;
  }
  // With --all the others are those that were just changed.
  const auto others = args.has("all") ? *orgs : tenants::scan_tenants(ctx.root).tenants;
  for (const auto& org : *orgs) {
    for (const auto& [key, value] : *settings) {
      if (const auto reason = conflict(others, org, key); !reason.empty()) {
        const auto* hint = key == "broker.url" ? "; --all changes every organisation" : "";
        return report(ctx, error{key, fmt::format("{} {}{}", value, reason, hint)}, refused);
      }
    }
  }
  for (const auto& org : *orgs) {
    if (const auto code = save(ctx, org, *settings)) return *code;
  }
  lock.reset();
  const auto is_broker_url = [](const setting& each) { return each.key == "broker.url"; };
  if (std::any_of(settings->begin(), settings->end(), is_broker_url) && !sync(ctx)) return failed;
  if (ctx.json) {
    json slugs = json::array();
    for (const auto& org : *orgs) slugs.push_back(org.slug);
    json keys = json::array();
    for (const auto& each : *settings) keys.push_back(each.key);
    print_json(ctx, {{"organizations", std::move(slugs)}, {"keys", std::move(keys)}, {"restart", true}});
    return done;
  }
  std::vector<std::string> consequences;
  for (const auto& [key, value] : *settings) {
    for (const auto& org : *orgs) ctx.out << fmt::format("{}: {} is now {}\n", org.slug, key, value);
    auto text = consequence(ctx, key);
    if (std::find(consequences.begin(), consequences.end(), text) == consequences.end()) {
      consequences.push_back(std::move(text));
    }
  }
  for (const auto& text : consequences) ctx.out << text << '\n';
  return done;
}

}  // namespace atlas::cli
