// `atlas-fleet alerts …`.
#include "tenants/cli/arguments.hpp"
#include "tenants/cli/output.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <thread>

#include <fmt/format.h>

namespace atlas::cli {

namespace {

constexpr std::chrono::milliseconds between_looks{100};
// The service looks once a second.
constexpr std::chrono::seconds service_patience{10};
constexpr std::chrono::seconds dry_run_patience{300};

// Asks until there is an answer or `patience` has passed.
template <class Answer, class Look>
std::optional<Answer> wait_for(std::chrono::seconds patience, Look look) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  do {
    if (auto found = look()) return found;
    std::this_thread::sleep_for(between_looks);
  } while (std::chrono::steady_clock::now() < deadline);
  return std::nullopt;
}

json row_of(const alert_memory& one) {
  json row{{"id", one.key.id()},
           {"host", one.key.host.text()},
           {"rule", to_string(one.key.rule)},
           {"instance", one.key.instance},
           {"severity", to_string(one.state.severity)},
           {"state", to_string(one.state.phase)},
           {"value", one.value},
           {"since", to_int(one.state.since)},
           {"flapping", one.state.flapping}};
  if (one.state.phase == alert_phase::acknowledged) {
    row["acknowledged_by"] = one.acknowledged_by;
    row["acknowledged_at"] = to_int(one.acknowledged_at);
  }
  return row;
}

int list(context& ctx, const arguments& args) {
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  const auto registry = open_registry(ctx, *org);
  if (!registry) return registry.error();
  auto found = registry->alerts();
  if (!found) return report(ctx, found.error());
  std::erase_if(*found, [&](const alert_memory& one) {
    return one.state.phase == alert_phase::ok ||
           (one.state.phase == alert_phase::pending && !args.has("pending"));
  });
  if (ctx.json) {
    auto rows = json::array();
    for (const auto& one : *found) rows.push_back(row_of(one));
    print_json(ctx, {{"alerts", std::move(rows)}});
    return done;
  }
  if (found->empty()) {
    ctx.out << fmt::format("{} has no alerts.\n", org->config.organization.name);
    return done;
  }
  text_table table({"ID", "SEVERITY", "STATE", "SINCE", "VALUE", ""});
  for (const auto& one : *found) {
    const auto note = one.state.phase == alert_phase::acknowledged ? "by " + one.acknowledged_by
                      : one.state.flapping                         ? std::string("flapping")
                                                                   : std::string();
    table.add({one.key.id(), std::string(to_string(one.state.severity)),
               std::string(to_string(one.state.phase)), format_time(one.state.since),
               fmt::format("{:.1f}", one.value), note});
  }
  table.print(ctx);
  return done;
}

std::optional<alert_memory> find_alert(const tenants::registry& registry, const alert_key& key) {
  const auto all = registry.alerts();
  if (!all) return std::nullopt;
  const auto found = std::ranges::find(*all, key, &alert_memory::key);
  return found == all->end() ? std::nullopt : std::optional(*found);
}

int acknowledge(context& ctx, const arguments& args) {
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  auto registry = open_registry(ctx, *org);
  if (!registry) return registry.error();
  const auto key = alert_key::parse_id(args.word(1));
  if (!key) return report(ctx, error{args.word(1), key.error().what}, usage);
  const auto present = find_alert(*registry, *key);
  if (!present || !is_raised(present->state.phase)) {
    return report(ctx, error{args.word(1), "does not fire; 'atlas-fleet alerts list' shows what does"},
                  not_found);
  }
  if (present->state.phase == alert_phase::acknowledged) {
    return report(ctx, error{args.word(1), "is acknowledged already, by " + present->acknowledged_by},
                  refused);
  }
  if (const auto ordered = registry->order_acknowledgement(*key); !ordered)
    return report(ctx, ordered.error());
  const auto taken = wait_for<bool>(service_patience, [&]() -> std::optional<bool> {
    const auto now = find_alert(*registry, *key);
    if (now && now->state.phase == alert_phase::firing) return std::nullopt;
    return true;
  });
  if (ctx.json) {
    print_json(ctx, {{"id", key->id()}, {"acknowledged", taken.has_value()}});
  } else {
    ctx.out << fmt::format("{} is acknowledged{}.\n", key->id(),
                           taken ? "" : " as soon as the organisation's service runs");
  }
  return done;
}

// A number of a flag; the error is the exit code.
tl::expected<json, int> read_number(context& ctx, const arguments& args, std::string_view name) {
  const auto text = args.value(name);
  if (!text) return json();
  if (*text == "none" || *text == "null") return json(nullptr);
  double value = 0;
  const auto* end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, value);
  if (read.ec == std::errc{} && read.ptr == end) return json(value);
  return tl::unexpected(
      report(ctx, error{fmt::format("--{}", name), fmt::format("must be a number, not '{}'", *text)}, usage));
}

void print_answer(context& ctx, const json& answer) {
  ctx.out << fmt::format("{} would have fired {} times in {} days on {} hosts ({} looked at).\n",
                         answer.value("rule", ""), answer.value("fired", 0), answer.value("days", 0),
                         answer.value("hosts", 0), answer.value("hosts_looked_at", 0));
  const auto firings = answer.value("firings", json::array());
  if (firings.empty()) return;
  text_table table({"FROM", "UNTIL", "HOST", "INSTANCE", "SEVERITY", "WORST", ""});
  for (const auto& one : firings) {
    const auto until = one.at("until");
    table.add({format_time(from_unix_ms(one.at("from").get<std::int64_t>())),
               until.is_null() ? "fires still" : format_time(from_unix_ms(until.get<std::int64_t>())),
               one.value("host", ""), one.value("instance", ""), one.value("severity", ""),
               fmt::format("{:.1f}", one.value("worst", 0.0)),
               one.value("flapping", false) ? "flapping" : ""});
  }
  table.print(ctx);
}

int dry_run(context& ctx, const arguments& args) {
  const auto rule = args.value("rule");
  if (!rule || !parse_alert_rule(*rule)) {
    return report(ctx, error{"--rule", fmt::format("must be one of {}", alert_rule_names())}, usage);
  }
  json question{{"rule", *rule}};
  for (const auto& [name, member] :
       {std::pair{"warning", "warning"}, std::pair{"critical", "critical"}, std::pair{"margin", "margin"},
        std::pair{"hold", "hold_seconds"}, std::pair{"days", "days"}}) {
    const auto value = read_number(ctx, args, name);
    if (!value) return value.error();
    if (args.has(name)) question[member] = *value;
  }
  if (const auto host = args.value("host")) question["host"] = *host;
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  auto registry = open_registry(ctx, *org);
  if (!registry) return registry.error();
  const auto id = registry->ask_dry_run(question.dump());
  if (!id) return report(ctx, id.error());
  const auto text = wait_for<std::string>(dry_run_patience, [&]() -> std::optional<std::string> {
    return registry->take_dry_run(*id).value_or(std::nullopt);
  });
  if (!text) {
    if (const auto dropped = registry->drop_dry_run(*id); !dropped) return report(ctx, dropped.error());
    return report(ctx, error{org->slug, "its service gives no answer; start it: atlas-fleet up"});
  }
  const auto answer = json::parse(*text, nullptr, false);
  if (answer.is_discarded() || answer.contains("error")) {
    return report(ctx, error{"dry-run", answer.is_object() ? answer.value("error", "") : "no answer"},
                  refused);
  }
  if (ctx.json) {
    print_json(ctx, answer);
  } else {
    print_answer(ctx, answer);
  }
  return done;
}

constexpr std::array list_flags{flag{"pending", "", "also those whose hold time runs"}};
constexpr std::array dry_run_flags{
    flag{"rule", "RULE", "cpu, memory, swap, load, disk, disk_full, temperature, battery or traffic"},
    flag{"warning", "LEVEL", "in the rule's unit, or none; else as it is set"},
    flag{"critical", "LEVEL", "the same"},
    flag{"margin", "N", "how far back beyond its level the value must go"},
    flag{"hold", "SECONDS", "how long it must be reached"},
    flag{"host", "PATTERN", "only hosts of this name; * stands for anything"},
    flag{"days", "N", "how far to look back (7)"}};
constexpr std::array verbs{
    verb{"alerts list", "ORG", "Lists the alerts that fire or are acknowledged.",
         "  atlas-fleet alerts list acme\n  atlas-fleet --json alerts list acme --pending\n", list_flags,
         list},
    verb{"alerts ack",
         "ORG ID",
         "Says that you see to an alert: it stays, and nobody is reminded of it.",
         "  atlas-fleet alerts ack acme web-1:cpu\n  atlas-fleet alerts ack acme web-1:disk:%2Fhome\n",
         {},
         acknowledge},
    verb{"alerts dry-run", "ORG",
         "Runs the alert engine over the stored history: how often a rule would have fired, where and when.\n"
         "Nothing is changed, and nobody is told.",
         "  atlas-fleet alerts dry-run acme --rule cpu --warning 80 --hold 300\n"
         "  atlas-fleet --json alerts dry-run acme --rule disk --warning 85 --critical 95 --days 30 --host "
         "'db-*'\n",
         dry_run_flags, dry_run}};

}  // namespace

int run_alerts(context& ctx, std::span<const std::string> args) {
  return run_family(ctx, "alerts", "What fires now, who sees to it, and what a rule would have said.", verbs,
                    args);
}

}  // namespace atlas::cli
