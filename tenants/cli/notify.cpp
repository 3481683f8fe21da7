// `atlas-fleet notify test|list|dead`.
#include "notify/form.hpp"
#include "notify/outbox.hpp"
#include "notify/sender.hpp"
#include "tenants/cli/arguments.hpp"
#include "tenants/cli/output.hpp"
#include "tenants/org_look.hpp"

#include <array>

#include <fmt/format.h>

namespace atlas::cli {

namespace {

constexpr std::size_t most_letters = 200;

// The store of an organisation, its schema brought up to date.
tl::expected<notify::outbox, int> open_outbox(context& ctx, const tenants::tenant& org) {
  if (const auto registry = open_registry(ctx, org); !registry) return tl::unexpected(registry.error());
  auto store = notify::outbox::open(ctx.root.fleet_db(org.slug));
  if (!store) return tl::unexpected(report(ctx, store.error()));
  return *std::move(store);
}

int no_such_channel(context& ctx, const std::string& name) {
  return report(ctx, error{name, "is no channel of alerts.notify; 'notify list' shows them"}, not_found);
}

bool has_channel(const tenants::tenant& org, const std::string& name) {
  for (const auto& channel : org.config.alerts.notify) {
    if (channel.name == name) return true;
  }
  return false;
}

// Through all of the channels at once; what came of each, in their order.
std::vector<notify::attempt> send_tests(const org_look& look, const std::vector<notify_channel>& channels) {
  notify::sender sender;
  std::vector<notify::attempt> outcomes(channels.size());
  for (std::size_t i = 0; i < channels.size(); ++i) {
    const auto sent = notify::make_test_message(look, channels[i].name, now());
    sender.start(static_cast<std::int64_t>(i), notify::form(sent, channels[i], look, now()));
  }
  while (sender.running() > 0) {
    for (auto& [ticket, outcome] : sender.wait(std::chrono::seconds(1))) {
      outcomes[static_cast<std::size_t>(ticket)] = std::move(outcome);
    }
  }
  return outcomes;
}

int test(context& ctx, const arguments& args) {
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  const auto wanted = args.value("channel");
  if (wanted && !has_channel(*org, *wanted)) return no_such_channel(ctx, *wanted);
  std::vector<notify_channel> channels;
  for (const auto& channel : org->config.alerts.notify) {
    if (!wanted || channel.name == *wanted) channels.push_back(channel);
  }
  if (channels.empty()) {
    return report(ctx, error{ctx.root.tenant_file(org->slug).string() + ": $.alerts.notify",
                             "names no channel yet: docs/notifications.md shows each kind"});
  }
  const auto outcomes = send_tests(tenants::make_org_look(org->config), channels);
  auto rows = json::array();
  text_table table({"CHANNEL", "TYPE", "RESULT"});
  int code = done;
  for (std::size_t i = 0; i < channels.size(); ++i) {
    const auto& outcome = outcomes[i];
    code = outcome.delivered ? code : +failed;
    rows.push_back({{"channel", channels[i].name},
                    {"type", to_string(channels[i].type)},
                    {"delivered", outcome.delivered},
                    {"trouble", outcome.trouble}});
    table.add({channels[i].name, std::string(to_string(channels[i].type)),
               outcome.delivered ? "delivered" : "failed: " + outcome.trouble});
  }
  if (ctx.json) {
    print_json(ctx, {{"results", std::move(rows)}});
  } else {
    table.print(ctx);
  }
  return code;
}

std::string filter_text(const notify_channel& channel) {
  auto text = fmt::format("{} and worse", to_string(channel.min_severity));
  if (channel.escalate_minutes > 0) text += fmt::format(", after {} min", channel.escalate_minutes);
  if (channel.repeat_minutes > 0) text += fmt::format(", again every {} min", channel.repeat_minutes);
  return text;
}

int list(context& ctx, const arguments& args) {
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  const auto store = open_outbox(ctx, *org);
  if (!store) return store.error();
  const auto counts = store->counts();
  if (!counts) return report(ctx, counts.error());
  auto rows = json::array();
  text_table table({"CHANNEL", "TYPE", "WAITING", "DEAD", "HEARS OF"});
  for (const auto& channel : org->config.alerts.notify) {
    const auto found = counts->find(channel.name);
    const auto count = found == counts->end() ? notify::channel_counts{} : found->second;
    rows.push_back({{"channel", channel.name},
                    {"type", to_string(channel.type)},
                    {"waiting", count.waiting},
                    {"dead", count.dead},
                    {"min_severity", to_string(channel.min_severity)},
                    {"resolved", channel.resolved},
                    {"repeat_minutes", channel.repeat_minutes},
                    {"escalate_minutes", channel.escalate_minutes}});
    table.add({channel.name, std::string(to_string(channel.type)), std::to_string(count.waiting),
               std::to_string(count.dead), filter_text(channel)});
  }
  if (ctx.json) {
    print_json(ctx, {{"channels", std::move(rows)}});
  } else {
    table.print(ctx);
  }
  return done;
}

int dead(context& ctx, const arguments& args) {
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  auto store = open_outbox(ctx, *org);
  if (!store) return store.error();
  const auto wanted = args.value("channel");
  if (args.has("retry")) {
    const auto revived = store->revive(wanted, now());
    if (!revived) return report(ctx, revived.error());
    if (ctx.json) {
      print_json(ctx, {{"retried", *revived}});
    } else {
      ctx.out << fmt::format("{} messages wait again; the running service sends them.\n", *revived);
    }
    return done;
  }
  const auto letters = store->dead_letters(most_letters);
  if (!letters) return report(ctx, letters.error());
  auto rows = json::array();
  text_table table({"GIVEN UP", "CHANNEL", "ATTEMPTS", "MESSAGE", "WHY"});
  for (const auto& letter : *letters) {
    if (wanted && letter.channel != *wanted) continue;
    rows.push_back({{"channel", letter.channel},
                    {"key", letter.key},
                    {"kind", letter.kind},
                    {"title", letter.title},
                    {"added", to_int(letter.added)},
                    {"ended", to_int(letter.ended)},
                    {"attempts", letter.attempts},
                    {"trouble", letter.trouble}});
    table.add({format_time(letter.ended), letter.channel, std::to_string(letter.attempts), letter.title,
               letter.trouble});
  }
  if (ctx.json) {
    print_json(ctx, {{"dead", std::move(rows)}});
  } else if (rows.empty()) {
    ctx.out << "No message was given up.\n";
  } else {
    table.print(ctx);
  }
  return done;
}

constexpr std::array test_flags{flag{"channel", "NAME", "only through this one"}};
constexpr std::array dead_flags{flag{"channel", "NAME", "only of this one"},
                                flag{"retry", "", "put them into the queue again"}};
constexpr std::array verbs{
    verb{"notify test", "ORG",
         "Sends a test message through each channel of alerts.notify, and says what came of it. It exits "
         "with 1\n"
         "when one of them failed.",
         "  atlas-fleet notify test acme\n  atlas-fleet notify test acme --channel ops-mail\n", test_flags,
         test},
    verb{"notify list",
         "ORG",
         "Shows the channels, what they hear of, and how many messages wait or were given up.",
         "  atlas-fleet notify list acme\n",
         {},
         list},
    verb{"notify dead", "ORG",
         "Shows the messages that were given up: undelivered for a day, or refused by the receiver; the "
         "newest\n"
         "200, newest first.",
         "  atlas-fleet notify dead acme\n  atlas-fleet notify dead acme --channel ops-mail --retry\n",
         dead_flags, dead},
};

}  // namespace

int run_notify(context& ctx, std::span<const std::string> args) {
  return run_family(ctx, "notify",
                    "Where an organisation's alerts are told of: alerts.notify in tenant.json.", verbs, args);
}

}  // namespace atlas::cli
