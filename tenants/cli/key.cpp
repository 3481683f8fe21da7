// `atlas-fleet key …`.
#include "tenants/cli/arguments.hpp"
#include "tenants/cli/key_progress.hpp"
#include "tenants/cli/output.hpp"
#include "tenants/rotation.hpp"

#include <array>
#include <chrono>

#include <fmt/format.h>

namespace atlas::cli {

namespace {

constexpr std::chrono::hours usual_grace{24};
constexpr std::chrono::days longest_grace{366};

int show(context& ctx, const arguments& args) {
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  const auto keys = tenants::read_key_ring(ctx.root, *org);
  if (!keys) return report(ctx, keys.error());
  const auto& key = keys->newest();
  const bool reveal = args.has("reveal");
  if (reveal) {
    auto registry = open_registry(ctx, *org);
    if (!registry) return registry.error();
    const auto recorded = registry->recorded("key.reveal", org->slug, [] { return result<void>{}; });
    if (!recorded) return report(ctx, recorded.error());
  }
  const auto text = reveal ? key.reveal() : key.masked();
  const auto& under_way = keys->under_way();
  if (ctx.json) {
    print_json(ctx, {{"api_key", text},
                     {"masked", !reveal},
                     {"rotation_ends", under_way ? json(to_int(under_way->ends)) : json()}});
    return done;
  }
  ctx.out << text << '\n';
  if (under_way) {
    ctx.err << fmt::format("It is being rotated; the former one ends {} at the latest: '{} key status {}'.\n",
                           format_time(under_way->ends), program_words(ctx), org->slug);
  }
  if (!reveal) ctx.err << "Everything of the organisation follows from this key; --reveal shows it.\n";
  return done;
}

int status(context& ctx, const arguments& args) {
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  const auto standing = read_key_standing(ctx, *org);
  if (!standing) return standing.error();
  if (ctx.json) {
    print_json(ctx, describe(*standing));
  } else {
    print(ctx, *org, *standing);
  }
  return done;
}

// Of --grace; reports what is wrong with it, and the error is the exit code.
tl::expected<milliseconds, int> read_grace(context& ctx, const arguments& args) {
  const auto text = args.value("grace");
  if (!text) return usual_grace;
  if (*text == "0") return milliseconds{0};
  const auto duration = parse_duration(*text);
  if (duration && *duration <= longest_grace) return *duration;
  const auto what = duration ? std::string("must be a year or less") : duration.error().what;
  return tl::unexpected(report(ctx, error{"--grace", what + "; 0 is at once"}, usage));
}

int rotate(context& ctx, const arguments& args) {
  const auto grace = read_grace(ctx, args);
  if (!grace) return grace.error();
  const auto org = find_org(ctx, args.word(0));
  if (!org) return org.error();
  const auto begun = tenants::begin_rotation(ctx.root, org->slug, *grace, args.has("now"), now());
  if (!begun) return report(ctx, begun.error());
  if (!*begun) {
    return report(
        ctx,
        error{org->slug,
              fmt::format("its key is being rotated already: '{0} key status {1}' shows how far that "
                          "is; --now ends it and cuts off the hosts that still wait",
                          program_words(ctx), org->slug)},
        refused);
  }
  if (!sync(ctx)) return failed;
  const auto& [ends, hosts, ended_tokens] = **begun;
  if (ended_tokens > 0) {
    ctx.err << fmt::format(
        "{} enrolment tokens derive from the former key and have ended; make a new one: {} token enroll {}\n",
        ended_tokens, program_words(ctx), org->slug);
  }
  if (args.has("wait")) {
    if (const auto code = follow_rotation(ctx, *org); code != done) return code;
  }
  const auto standing = read_key_standing(ctx, *org);
  if (!standing) return standing.error();
  if (ctx.json) {
    print_json(ctx, describe(*standing));
    return done;
  }
  ctx.out << fmt::format("{} has a new API key.\n", org->config.organization.name);
  print(ctx, *org, *standing);
  return done;
}

constexpr std::array show_flags{flag{"reveal", "", "print the key itself and nothing else"}};
constexpr std::array rotate_flags{
    flag{"grace", "TIME",
         "how long hosts may come with their former password: 24h, 7d, …; 0 is at once (24h)"},
    flag{"wait", "", "stay until every host has moved or the time is over, and show how far it is"},
    flag{"now", "", "end a rotation that is under way; its hosts that still wait are cut off"}};
constexpr std::array verbs{
    verb{"key show", "ORG", "Shows an organisation's API key, masked.",
         "  atlas-fleet key show acme\n  atlas-fleet key show acme --reveal\n", show_flags, show},
    verb{"key rotate", "ORG",
         "Gives an organisation a new API key. Its service moves each host that is online to a new password, "
         "one "
         "by one and without losing a sample; a host that is not may come until the time is over, and is cut "
         "off then. Enrolment tokens end at once. A key that somebody else may know is better rotated with "
         "--grace 0: every host must enrol again then.",
         "  atlas-fleet key rotate acme\n"
         "  atlas-fleet key rotate acme --grace 7d --wait\n",
         rotate_flags, rotate},
    verb{"key status",
         "ORG",
         "Shows how far a rotation is: the hosts that have moved, that are waited for, that were cut off.",
         "  atlas-fleet key status acme\n",
         {},
         status},
};

}  // namespace

int run_key(context& ctx, std::span<const std::string> args) {
  return run_family(ctx, "key", "The API key of an organisation, from which every host's password follows.",
                    verbs, args);
}

}  // namespace atlas::cli
