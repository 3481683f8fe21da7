#include "tenants/cli/org_move.hpp"

#include "tenants/cli/adoption.hpp"
#include "tenants/cli/org_archive.hpp"
#include "tenants/cli/output.hpp"
#include "tenants/cli/passphrase.hpp"
#include "tenants/slug.hpp"

#include <array>
#include <utility>

namespace atlas::cli {

namespace {

constexpr std::array export_flags{force_flag, with_ca_flag, passphrase_flag};
constexpr std::array import_flags{
    flag{"slug", "SLUG", "another slug than it had"},
    flag{"port", "PORT", "another port of the dashboard (server.port)"},
    flag{"broker-url", "URL", "mqtts://HOST:PORT of the broker here (broker.url)"},
    flag{"server-url", "URL", "https://HOST:PORT under which the dashboard is reached here (server.url)"},
    new_ca_flag,
    passphrase_flag};

// The flags that change a key of tenant.json.
constexpr std::array<std::pair<const char*, const char*>, 3> changing{
    {{"port", "server.port"}, {"broker-url", "broker.url"}, {"server-url", "server.url"}}};

}  // namespace

std::span<const flag> org_export_flags() { return export_flags; }
std::span<const flag> org_import_flags() { return import_flags; }

int run_org_export(context& ctx, const arguments& args) {
  return write_archive(ctx, args, tenants::archive_manifest::purpose::move);
}

int run_org_import(context& ctx, const arguments& args) {
  adoption_terms terms;
  terms.is_move = true;
  terms.new_ca = args.has("new-ca");
  terms.slug = args.value("slug");
  if (terms.slug && !tenants::is_slug(*terms.slug)) {
    return report(ctx, error{"--slug", "must be lower case letters, digits and dashes, 40 at most"}, usage);
  }
  for (const auto& [name, key] : changing) {
    if (auto value = args.value(name)) terms.changes.push_back({key, *std::move(value), name});
  }
  auto passphrase = read_passphrase(ctx, args);
  if (!passphrase) return passphrase.error();
  terms.passphrase = *std::move(passphrase);
  return adopt_archive(ctx, args.word(0), terms);
}

}  // namespace atlas::cli
