// Bare `atlas-fleet`: the configuration at a glance.
#include "tenants/cli/output.hpp"
#include "tenants/registry.hpp"

#include <filesystem>

#include <fmt/format.h>

namespace atlas::cli {

namespace {

// Nothing when the registry cannot be read, or is not there yet.
std::optional<std::size_t> count_hosts(const context& ctx, const tenants::tenant& org) {
  std::error_code ignored;
  const auto file = ctx.root.fleet_db(org.slug);
  if (!std::filesystem::exists(file, ignored)) return 0;
  const auto registry = tenants::registry::open(file);
  if (!registry) return std::nullopt;
  const auto hosts = registry->hosts();
  return hosts ? std::optional(hosts->size()) : std::nullopt;
}

json describe(const context& ctx, const tenants::tenant& org) {
  const auto& config = org.config;
  const auto hosts = count_hosts(ctx, org);
  return {
      {"slug", org.slug},
      {"name", config.organization.name},
      {"id", config.organization.id.text()},
      {"contact", config.organization.contact},
      {"dashboard", dashboard_url(config)},
      {"port", config.server.port},
      {"title", config.branding.dashboard_title},
      {"primary_color", config.branding.primary_color},
      {"secondary_color", config.branding.secondary_color ? json(*config.branding.secondary_color) : json()},
      {"hosts", hosts ? json(*hosts) : json()},
      {"broker", config.broker.url},
      {"api_key", config.server.api_key.masked()}};
}

void print(context& ctx, const tenants::tenant& org) {
  const auto& config = org.config;
  const auto& branding = config.branding;
  const auto line = [&ctx](std::string_view label, std::string_view value) {
    ctx.out << "  " << dim(ctx, fmt::format("{:<11}", label)) << value << '\n';
  };
  const auto hosts = count_hosts(ctx, org);
  auto colors = swatch(ctx, branding.primary_color) + branding.primary_color;
  if (branding.secondary_color) {
    colors += "   " + swatch(ctx, *branding.secondary_color) + *branding.secondary_color;
  }
  ctx.out << '\n'
          << swatch(ctx, branding.primary_color) << bold(ctx, config.organization.name) << "  (" << org.slug
          << ")\n";
  line("dashboard", dashboard_url(config));
  line("title", branding.dashboard_title);
  line("colours", colors);
  line("hosts", hosts ? std::to_string(*hosts) : "cannot be read");
  line("broker", config.broker.url);
  line("id", config.organization.id.text());
  line("API key", config.server.api_key.masked());
  if (!config.organization.contact.empty()) line("contact", config.organization.contact);
}

}  // namespace

int run_overview(context& ctx, std::span<const std::string>) {
  const auto scanned = tenants::scan_tenants(ctx.root);
  if (ctx.json) {
    auto rows = json::array();
    for (const auto& org : scanned.tenants) rows.push_back(describe(ctx, org));
    print_json(
        ctx,
        {{"version", ATLAS_VERSION}, {"root", ctx.root.path().string()}, {"organizations", std::move(rows)}});
  } else {
    ctx.out << bold(ctx, "Atlas Fleet") << fmt::format(" {}  {}\n", ATLAS_VERSION, ctx.root.path().string());
    for (const auto& org : scanned.tenants) print(ctx, org);
    const auto program = program_words(ctx);
    if (scanned.tenants.empty() && scanned.mistakes.empty()) {
      ctx.out << fmt::format("\nThere is no organisation yet. Make the first:\n\n  {} setup\n", program);
    } else {
      ctx.out << '\n' << dim(ctx, fmt::format("{} --help shows what can be done", program)) << '\n';
    }
  }
  ctx.out.flush();
  return scanned.mistakes.empty() ? +done : report(ctx, scanned.mistakes);
}

}  // namespace atlas::cli
