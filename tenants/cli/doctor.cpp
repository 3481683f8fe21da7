// `atlas-fleet doctor`.
#include "tenants/cli/doctor.hpp"

#include "tenants/cli/arguments.hpp"
#include "tenants/cli/output.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>

#include <fmt/format.h>

namespace atlas::cli {

namespace {

int print(context& ctx, const findings& found) {
  const auto is_wrong = [](const finding& one) { return !one.what.empty(); };
  const auto wrong = std::ranges::count_if(found, is_wrong);
  if (ctx.json) {
    auto list = json::array();
    for (const auto& one : found) {
      json row{{"check", one.check}, {"ok", !is_wrong(one)}, {"where", one.where}};
      if (is_wrong(one)) {
        row["what"] = one.what;
        row["mend"] = one.mend;
      }
      list.push_back(std::move(row));
    }
    print_json(ctx, {{"ok", wrong == 0}, {"findings", std::move(list)}});
    return wrong == 0 ? done : failed;
  }
  for (const auto& one : found) {
    if (is_wrong(one)) {
      ctx.out << fmt::format("WRONG  {:<14} {}: {}\n{:22}{}\n", one.check, one.where, one.what, "", one.mend);
    } else {
      ctx.out << fmt::format("ok     {:<14} {}\n", one.check, one.where);
    }
  }
  ctx.out << (wrong == 0   ? std::string("\nEverything is in order.\n")
              : wrong == 1 ? std::string("\nOne thing is wrong.\n")
                           : fmt::format("\n{} things are wrong.\n", wrong));
  return wrong == 0 ? done : failed;
}

void examine_configuration(const tenants::scanned_tenants& scanned, findings& found) {
  for (const auto& mistake : scanned.mistakes) {
    found.push_back({"configuration", mistake.where, mistake.what,
                     "Mend the file, or give the key another value with `atlas-fleet org set`."});
  }
  for (const auto& org : scanned.tenants) found.push_back({"configuration", org.slug, "", ""});
}

int doctor(context& ctx, const arguments& args) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(ctx.root.path() / "tenants", ignored)) {
    return report(ctx,
                  error{ctx.root.path().string(),
                        "has no organisation yet; make one with `atlas-fleet setup`, or name another "
                        "folder with --root"},
                  not_found);
  }
  // Of a service that hangs up.
  std::signal(SIGPIPE, SIG_IGN);
  const auto scanned = tenants::scan_tenants(ctx.root);
  auto chosen = scanned.tenants;
  if (!args.words().empty()) {
    const auto org = tenants::find_tenant(ctx.root, args.word(0));
    if (!org && org.error().front().where == "not found") return report(ctx, org.error(), not_found);
    std::erase_if(chosen, [&](const tenants::tenant& one) { return !org || one.slug != org->slug; });
  }
  findings found;
  examine_configuration(scanned, found);
  examine_permissions(ctx.root, chosen, found);
  examine_clock(ctx.root, chosen, found);
  examine_space(ctx.root, found);
  examine_programs(found);
  examine_broker(ctx.root, scanned, found);
  for (const auto& org : chosen) examine_service(ctx.root, org, scanned.tenants, found);
  return print(ctx, found);
}

constexpr verb doctor_verb{
    .name = "doctor",
    .words = "[ORG]",
    .summary =
        "Looks at everything and says what is wrong, where, and what to do about it: configuration, who may\n"
        "read the secrets, certificates, programs, the broker and its guard, services, clock and disk.\n"
        "Changes nothing. Exits with 0 when all is well.",
    .examples =
        "  atlas-fleet doctor\n"
        "  atlas-fleet doctor acme         the broker, and of the services only acme's\n"
        "  atlas-fleet --json doctor       for a monitoring system\n",
    .flags = {},
    .run = doctor};

}  // namespace

int run_doctor(context& ctx, std::span<const std::string> args) { return run_verb(ctx, doctor_verb, args); }

}  // namespace atlas::cli
