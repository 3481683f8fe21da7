// `atlas-fleet audit …`.
#include "tenants/cli/arguments.hpp"
#include "tenants/cli/output.hpp"
#include "tenants/installation_log.hpp"

#include <array>
#include <charconv>
#include <vector>

#include <fmt/format.h>

namespace atlas::cli {

namespace {

constexpr std::size_t usual_rows = 50;
constexpr std::size_t most_rows = 10'000;

std::optional<std::size_t> read_limit(const arguments& args) {
  const auto text = args.value("limit");
  if (!text) return usual_rows;
  std::size_t limit = 0;
  const auto* end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, limit);
  if (read.ec != std::errc{} || read.ptr != end || limit == 0 || limit > most_rows) return std::nullopt;
  return limit;
}

// Of an organisation, or of the installation when none is named. The error is the exit code.
tl::expected<std::vector<tenants::audit_entry>, int> read_entries(context& ctx, const arguments& args,
                                                                  std::size_t limit) {
  result<std::vector<tenants::audit_entry>> entries;
  if (args.words().empty()) {
    entries = tenants::read_installation_log(ctx.root, limit);
  } else {
    const auto org = find_org(ctx, args.word(0));
    if (!org) return tl::unexpected(org.error());
    const auto registry = open_registry(ctx, *org);
    if (!registry) return tl::unexpected(registry.error());
    entries = registry->audit(std::nullopt, limit);
  }
  if (!entries) return tl::unexpected(report(ctx, entries.error()));
  return *std::move(entries);
}

int show(context& ctx, const arguments& args) {
  const auto limit = read_limit(args);
  if (!limit) {
    return report(ctx, error{"--limit", fmt::format("must be a whole number from 1 to {}", most_rows)},
                  usage);
  }
  const auto entries = read_entries(ctx, args, *limit);
  if (!entries) return entries.error();
  if (ctx.json) {
    auto rows = json::array();
    for (const auto& one : *entries) {
      rows.push_back({{"id", one.id},
                      {"at", to_int(one.at)},
                      {"who", one.by.name},
                      {"from", one.by.from},
                      {"action", one.action},
                      {"object", one.object},
                      {"outcome", one.outcome}});
    }
    print_json(ctx, {{"audit", std::move(rows)}});
    return done;
  }
  text_table table({"WHEN", "WHO", "FROM", "ACTION", "OUTCOME", "WHAT"});
  for (const auto& one : *entries) {
    table.add({format_time(one.at), one.by.name, one.by.from, one.action, one.outcome, one.object});
  }
  table.print(ctx);
  return done;
}

constexpr std::array flags{flag{"limit", "N", "how many rows, the newest first (50)"}};
constexpr verb audit{
    "audit",
    "[ORG]",
    "Shows who changed what, when and from where, and who logged in, the newest first. Nobody can\n"
    "change the log through the product; it keeps the newest 100,000 rows of changes and of logins.\n"
    "Without ORG: which organisations were removed or replaced, whose own logs are gone.",
    "  atlas-fleet audit acme\n  atlas-fleet audit\n  atlas-fleet --json audit acme --limit 1000\n",
    flags,
    show};

}  // namespace

int run_audit(context& ctx, std::span<const std::string> args) { return run_verb(ctx, audit, args); }

}  // namespace atlas::cli
