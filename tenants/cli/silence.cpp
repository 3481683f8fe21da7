// `atlas-fleet silence …`.
#include "tenants/cli/arguments.hpp"
#include "tenants/cli/output.hpp"
#include "tenants/recurrence.hpp"

#include <array>

#include <fmt/format.h>

namespace atlas::cli {

namespace {

// What the flags say; the error is the exit code.
tl::expected<silence_terms, int> read_terms(context& ctx, const arguments& args) {
  const auto wrong = [&ctx](std::string where, std::string what) {
    return tl::unexpected(report(ctx, error{std::move(where), std::move(what)}, usage));
  };
  silence_terms terms;
  terms.host = args.value("host").value_or("");
  terms.tag = args.value("tag").value_or("");
  terms.comment = args.value("comment").value_or("");
  terms.repeat = args.value("repeat").value_or("");
  if (const auto rule = args.value("rule")) {
    terms.rule = parse_alert_rule(*rule);
    if (!terms.rule) return wrong("--rule", fmt::format("must be one of {}", alert_rule_names()));
  }
  if (terms.host.empty() && terms.tag.empty() && !terms.rule) {
    return wrong("silence", "needs --host, --tag or --rule; --host '*' silences all");
  }
  if (terms.host.size() > silence_limits::pattern || terms.tag.size() > silence_limits::pattern ||
      terms.comment.size() > silence_limits::comment) {
    return wrong("silence", "a pattern or the comment is too long");
  }
  const auto length = args.value("for");
  if (!length) return wrong("--for", "is needed: how long, as 2h");
  const auto lasts = parse_duration(*length);
  if (!lasts) return wrong("--for", lasts.error().what);
  milliseconds wait{0};
  if (const auto delay = args.value("in")) {
    const auto parsed = parse_duration(*delay);
    if (!parsed) return wrong("--in", parsed.error().what);
    wait = *parsed;
  }
  if (const auto good = tenants::check_recurrence(terms.repeat); !good)
    return wrong("--repeat", good.error().what);
  if (!terms.repeat.empty() && *lasts > silence_limits::recurring) {
    return wrong("--for", "must be at most a week for a silence that recurs");
  }
  terms.first.from = now() + wait;
  terms.first.until = terms.first.from + *lasts;
  return terms;
}

int add(context& ctx, const arguments& args) {
  const auto terms = read_terms(ctx, args);
  if (!terms) return terms.error();
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  auto registry = open_registry(ctx, *org);
  if (!registry) return registry.error();
  const auto made = registry->add_silence(*terms, now());
  if (!made) return report(ctx, made.error());
  if (ctx.json) {
    print_json(
        ctx, {{"id", made->id}, {"from", to_int(terms->first.from)}, {"until", to_int(terms->first.until)}});
  } else {
    ctx.out << fmt::format("Silence {} from {} until {}{}.\n", made->id, format_time(terms->first.from),
                           format_time(terms->first.until), terms->repeat.empty() ? "" : ", and again");
  }
  return done;
}

int list(context& ctx, const arguments& args) {
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  const auto registry = open_registry(ctx, *org);
  if (!registry) return registry.error();
  const auto found = registry->silences();
  if (!found) return report(ctx, found.error());
  const auto at = now();
  const auto is_active = [&](const tenants::stored_silence& one) {
    return !tenants::recurring_spans(one.terms.first, one.terms.repeat, org->config.organization.time_zone,
                                     {at, at + milliseconds(1)})
                .empty();
  };
  if (ctx.json) {
    auto rows = json::array();
    for (const auto& one : *found) {
      const auto& terms = one.terms;
      const auto text = [](std::string_view value) { return value.empty() ? json(nullptr) : json(value); };
      rows.push_back({{"id", one.id},
                      {"host", text(terms.host)},
                      {"tag", text(terms.tag)},
                      {"rule", text(terms.rule ? to_string(*terms.rule) : "")},
                      {"from", to_int(terms.first.from)},
                      {"until", to_int(terms.first.until)},
                      {"repeat", text(terms.repeat)},
                      {"comment", text(terms.comment)},
                      {"by", one.by},
                      {"active", is_active(one)}});
    }
    print_json(ctx, {{"silences", std::move(rows)}});
    return done;
  }
  if (found->empty()) {
    ctx.out << fmt::format("{} has no silences.\n", org->config.organization.name);
    return done;
  }
  text_table table({"ID", "HOST", "TAG", "RULE", "FROM", "UNTIL", "REPEATS", "NOW", "COMMENT"});
  for (const auto& one : *found) {
    const auto& terms = one.terms;
    table.add({one.id, terms.host.empty() ? "any" : terms.host, terms.tag.empty() ? "any" : terms.tag,
               std::string(terms.rule ? to_string(*terms.rule) : "any"), format_time(terms.first.from),
               format_time(terms.first.until), terms.repeat.empty() ? "once" : terms.repeat,
               is_active(one) ? "on" : "off", terms.comment});
  }
  table.print(ctx);
  return done;
}

int remove(context& ctx, const arguments& args) {
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  auto registry = open_registry(ctx, *org);
  if (!registry) return registry.error();
  const auto removed = registry->remove_silence(args.word(1));
  if (!removed) return report(ctx, removed.error());
  if (!*removed) {
    return report(ctx, error{args.word(1), "is no silence; 'atlas-fleet silence list' shows them"},
                  not_found);
  }
  if (ctx.json) {
    print_json(ctx, {{"removed", args.word(1)}});
  } else {
    ctx.out << fmt::format("Silence {} is removed.\n", args.word(1));
  }
  return done;
}

constexpr std::array add_flags{
    flag{"host", "PATTERN", "hosts of this name; * stands for anything"},
    flag{"tag", "TAG", "hosts with this tag"},
    flag{"rule", "RULE", "only this rule: cpu, disk, offline, …"},
    flag{"for", "2h", "how long"},
    flag{"in", "30m", "when it begins; else at once"},
    flag{"repeat", "RRULE", "an RFC 5545 rule in the organisation's time zone: FREQ=WEEKLY;BYDAY=SU"},
    flag{"comment", "TEXT", "why"}};
constexpr std::array verbs{
    verb{"silence add", "ORG",
         "Makes a silence: alerts that it fits keep their state, are marked, and nobody is notified.",
         "  atlas-fleet silence add acme --host 'db-*' --for 2h --comment 'new disks'\n"
         "  atlas-fleet silence add acme --tag lab --rule offline --for 8h --in 30m --repeat FREQ=DAILY\n",
         add_flags, add},
    verb{"silence list", "ORG", "Lists the silences.", "  atlas-fleet silence list acme\n", {}, list},
    verb{"silence remove",
         "ORG ID",
         "Ends a silence at once.",
         "  atlas-fleet silence remove acme 3f9a01bc\n",
         {},
         remove}};

}  // namespace

int run_silence(context& ctx, std::span<const std::string> args) {
  return run_family(ctx, "silence", "Whom nobody is to be told about, and when.", verbs, args);
}

}  // namespace atlas::cli
