#include "broker/output_file.hpp"
#include "broker/running.hpp"
#include "broker/spawn.hpp"
#include "tenants/cli/arguments.hpp"
#include "tenants/cli/broker_program.hpp"
#include "tenants/cli/broker_sync.hpp"
#include "tenants/cli/broker_watch.hpp"
#include "tenants/cli/output.hpp"
#include "tenants/cli/service_certificates.hpp"
#include "tenants/cli/supervisor.hpp"
#include "tenants/rotation.hpp"

#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace atlas::cli {

namespace {

using tenants::tenant;

constexpr flag name_flag{"name", "NAME[,NAME…]",
                         "further DNS names and IP addresses for the server's certificate"};
constexpr std::array name_flags{name_flag};

void add_names(const arguments& args, broker::broker_options& options) {
  auto text = args.value("name").value_or("");
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    if (comma > 0) options.names.push_back(text.substr(0, comma));
    text.erase(0, comma + 1);
  }
}

// Of a broker that takes a foreign subscription.
constexpr std::string_view no_guard =
    "is not loaded: stop the broker and start it again; if that does not help, atlas-guard.so is not "
    "installed";

// Held from before the credentials are read until the files are written.
struct gathered {
  broker::folder_lock lock;
  broker_input input;
  std::vector<tenant> organizations;
};

// The error is the exit code.
tl::expected<gathered, int> gather(context& ctx, const arguments& args) {
  warn_of_mistakes(ctx, tenants::settle_rotations(ctx.root, now()));
  const auto scanned = tenants::scan_tenants(ctx.root);
  if (scanned.tenants.empty() && !scanned.mistakes.empty()) {
    return tl::unexpected(report(ctx, scanned.mistakes));
  }
  if (const auto options = gather_broker_options(ctx.root, scanned.tenants); !options) {
    return tl::unexpected(report(ctx, options.error()));
  }
  auto lock = broker::folder_lock::acquire(ctx.root.broker_dir());
  if (!lock) return tl::unexpected(report(ctx, lock.error()));
  auto input = gather_broker_input(ctx.root, scanned);
  if (!input) return tl::unexpected(report(ctx, input.error()));
  warn_of_mistakes(ctx, scanned.mistakes);
  warn_of_mistakes(ctx, input->mistakes);
  add_names(args, input->options);
  return gathered{*std::move(lock), *std::move(input), scanned.tenants};
}

json certificate_json(const broker::certificate_state& state) {
  json value{{"expires", broker::format_date(state.server_until)}, {"names", state.server_names}};
  if (state.own_ca) value["ca_expires"] = broker::format_date(state.ca_until);
  return value;
}

std::string certificate_text(const broker::certificate_state& state) {
  return fmt::format("until {} for {}", broker::format_date(state.server_until),
                     fmt::join(state.server_names, ", "));
}

int render(context& ctx, const arguments& args) {
  auto from = gather(ctx, args);
  if (!from) return from.error();
  const auto& options = from->input.options;
  const auto done_files = broker::render(options, from->input.credentials);
  if (!done_files) return report(ctx, done_files.error());
  warn_of_mistakes(ctx, renew_service_certificates(ctx.root, from->organizations));
  const auto running = broker::find_running(options.dir);
  if (ctx.json) {
    print_json(ctx, {{"folder", options.dir.string()},
                     {"changed", done_files->changed},
                     {"organizations", from->organizations.size()},
                     {"users", done_files->users},
                     {"certificate", certificate_json(done_files->certificates)},
                     {"running", running.has_value()}});
    return done;
  }
  ctx.out << fmt::format("{}: {}, {} users of {} organisations, certificate {}\n", options.dir.string(),
                         done_files->changed ? "rendered" : "nothing new", done_files->users,
                         from->organizations.size(), certificate_text(done_files->certificates));
  if (running && done_files->changed) {
    ctx.out << fmt::format("The running broker has not read it yet: {} broker apply\n", program_words(ctx));
  }
  return done;
}

int apply(context& ctx, const arguments& args) {
  auto from = gather(ctx, args);
  if (!from) return from.error();
  const auto& options = from->input.options;
  const auto applied = broker::apply(options, from->input.credentials);
  if (!applied) return report(ctx, applied.error());
  warn_of_mistakes(ctx, renew_service_certificates(ctx.root, from->organizations));
  if (ctx.json) {
    print_json(ctx, {{"folder", options.dir.string()},
                     {"organizations", from->organizations.size()},
                     {"users", applied->files.users},
                     {"certificate", certificate_json(applied->files.certificates)},
                     {"running", applied->running},
                     {"canary_refused", applied->canary_refused},
                     {"guarded", applied->guarded}});
    return done;
  }
  ctx.out << fmt::format("{}: rendered, {} users of {} organisations\n", options.dir.string(),
                         applied->files.users, from->organizations.size());
  ctx.out << (applied->running ? "The running broker has read it and refuses a foreign publish.\n"
                               : "No broker runs here; it is read when one starts.\n");
  if (applied->running && !applied->guarded) ctx.err << fmt::format("warning: the guard {}\n", no_guard);
  return done;
}

struct finding {
  std::string what;  // "files"
  bool good;
  std::string text;
};

int print_findings(context& ctx, const std::vector<finding>& findings) {
  bool all_good = true;
  json list = json::array();
  for (const auto& [what, good, text] : findings) {
    all_good = all_good && good;
    list.push_back({{"check", what}, {"ok", good}, {"text", text}});
  }
  if (ctx.json) {
    print_json(ctx, {{"ok", all_good}, {"checks", std::move(list)}});
    return all_good ? done : failed;
  }
  for (const auto& [what, good, text] : findings) {
    if (good) {
      ctx.out << fmt::format("ok     {:<12} {}\n", what, text);
    } else {
      ctx.out << fmt::format("WRONG  {:<12} {}\n", what, text);
    }
  }
  return all_good ? done : failed;
}

int check(context& ctx, const arguments&) {
  const auto all = tenants::load_tenants(ctx.root);
  if (!all) return report(ctx, all.error());
  const auto options = gather_broker_options(ctx.root, *all);
  if (!options) return report(ctx, options.error());

  std::vector<finding> findings;
  findings.push_back(
      {"tenants", true,
       fmt::format("{} organisations name the broker {}", all->size(), options->listener.text())});
  const auto report_of_files = broker::check_files(*options);
  for (const auto& problem : report_of_files.problems) {
    findings.push_back({"files", false, problem.where + ": " + problem.what});
  }
  const auto& seen = report_of_files.seen;
  if (report_of_files.problems.empty()) {
    findings.push_back({"files", true, fmt::format("{}, {} users", options->dir.string(), seen.users)});
    findings.push_back({"certificate", true, certificate_text(seen.certificates)});
  }
  if (const auto mosquitto = broker::find_mosquitto(); !mosquitto) {
    findings.push_back({"mosquitto", false, mosquitto.error().what});
  } else if (const auto tried = broker::check_trial(*options); !tried) {
    findings.push_back({"trial", false, tried.error().where + ": " + tried.error().what});
  } else {
    findings.push_back({"trial", true, "a throw-away broker starts with them and refuses a foreign publish"});
  }
  if (!seen.running) {
    findings.push_back({"broker", true, "does not run"});
  } else if (const auto guarded = broker::check_running(*options); !guarded) {
    findings.push_back({"broker", false, guarded.error().where + ": " + guarded.error().what});
  } else {
    findings.push_back(
        {"broker", true, fmt::format("runs as process {} and refuses a foreign publish", *seen.running)});
    findings.push_back(
        {"guard", *guarded, *guarded ? "refuses a foreign subscription" : std::string(no_guard)});
  }
  return print_findings(ctx, findings);
}

int run(context& ctx, const arguments& args) {
  const auto mosquitto = broker::find_mosquitto();
  if (!mosquitto) return report(ctx, mosquitto.error());
  const auto sync = sync_program(ctx);
  if (!sync) return report(ctx, sync.error());
  // Before anything is started, so that no signal is lost in between.
  supervisor running;
  broker::broker_options started;
  {
    auto from = gather(ctx, args);
    if (!from) return from.error();
    const auto& options = from->input.options;
    if (const auto pid = broker::find_running(options.dir)) {
      return report(ctx, {"broker", fmt::format("runs already as process {}", *pid)}, refused);
    }
    if (const auto rendered = broker::render(options, from->input.credentials); !rendered) {
      return report(ctx, rendered.error());
    }
    warn_of_mistakes(ctx, renew_service_certificates(ctx.root, from->organizations));
    if (const auto free = broker::check_port_is_free(options.listener); !free)
      return report(ctx, free.error());
    started = options;
  }
  ctx.out.flush();
  running.add(broker_program(started, *mosquitto));
  running.add(*sync);
  return running.run();
}

int sync(context& ctx, const arguments& args) {
  if (args.has("watch")) return watch_broker(ctx);
  // It renders twice: to see whether something has changed, and to apply it.
  broker::password_memo memo;
  const auto synced = sync_broker_if_changed(ctx.root, &memo);
  if (!synced) return report(ctx, synced.error());
  const bool changed = synced->has_value();
  if (changed) warn_of_mistakes(ctx, (*synced)->mistakes);
  if (ctx.json) {
    json told{{"changed", changed}};
    if (changed) {
      told["users"] = (*synced)->applied.files.users;
      told["running"] = (*synced)->applied.running;
    }
    print_json(ctx, told);
  } else if (!changed) {
    ctx.out << "Nothing has changed.\n";
  } else {
    const auto& applied = (*synced)->applied;
    ctx.out << fmt::format("{} users. {}\n", applied.files.users,
                           applied.running ? "The running broker has read them and refuses a foreign publish."
                                           : "No broker runs here; they are read when one starts.");
  }
  return done;
}

constexpr std::array sync_flags{flag{"watch", "", "stay, and do it again after each change, until stopped"}};
constexpr std::array verbs{
    verb{.name = "broker render",
         .words = "",
         .summary = "Writes mosquitto.conf, acl, passwd and the certificates.",
         .examples = "  atlas-fleet broker render\n"
                     "  atlas-fleet broker render --name fleet.example.com,192.0.2.7\n",
         .flags = name_flags,
         .run = render},
    verb{
        .name = "broker apply",
        .words = "",
        .summary = "Renders, makes the running broker read it, and proves that it refuses a foreign publish.",
        .examples = "  atlas-fleet broker apply\n",
        .flags = name_flags,
        .run = apply},
    verb{.name = "broker sync",
         .words = "",
         .summary =
             "Brings the hosts of all organisations into the broker's files, and into the running broker, "
             "when\nthey have changed. `up` and `broker run` do it by themselves.",
         .examples = "  atlas-fleet broker sync\n"
                     "  atlas-fleet broker sync --watch     beside a broker that something else runs\n",
         .flags = sync_flags,
         .run = sync},
    verb{.name = "broker check",
         .words = "",
         .summary = "Says what is wrong with the files, tries them in a throw-away broker, and tests the "
                    "running one.",
         .examples = "  atlas-fleet broker check\n"
                     "  atlas-fleet --json broker check\n",
         .flags = {},
         .run = check},
    verb{.name = "broker run",
         .words = "",
         .summary =
             "Runs the broker in the foreground and keeps it in step with the organisations: a host that "
             "enrols\ncan connect within two seconds.",
         .examples = "  atlas-fleet broker run\n",
         .flags = name_flags,
         .run = run},
};

}  // namespace

int run_broker(context& ctx, std::span<const std::string> args) {
  return run_family(ctx, "broker", "The MQTT broker's files, and the broker itself.", verbs, args);
}

}  // namespace atlas::cli
