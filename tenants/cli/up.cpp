#include "broker/output_file.hpp"
#include "broker/running.hpp"
#include "tenants/cli/arguments.hpp"
#include "tenants/cli/broker_program.hpp"
#include "tenants/cli/broker_sync.hpp"
#include "tenants/cli/output.hpp"
#include "tenants/cli/service_certificates.hpp"
#include "tenants/cli/supervisor.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

namespace atlas::cli {

namespace {

using tenants::tenant;

// atlas-ingest lies beside the program that runs.
result<std::filesystem::path> find_ingest() {
  std::error_code failed;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failed);
  const auto program = self.parent_path() / "atlas-ingest";
  if (failed || access(program.c_str(), X_OK) != 0) {
    return failure(program.string(), "is not there; it belongs beside atlas-fleet, build or install both");
  }
  return program;
}

// ANSI sequence of a colour "#rrggbb": exact where the terminal says that it can, else of the 256 colours.
std::string color_sequence(std::string_view color) {
  unsigned value = 0;
  if (color.size() != 7 ||
      std::from_chars(color.data() + 1, color.data() + color.size(), value, 16).ec != std::errc{}) {
    return {};
  }
  const unsigned red = value >> 16;
  const unsigned green = value >> 8 & 0xff;
  const unsigned blue = value & 0xff;
  const char* ability = std::getenv("COLORTERM");
  const std::string_view colors = ability != nullptr ? ability : "";
  if (colors == "truecolor" || colors == "24bit") return fmt::format("\x1b[38;2;{};{};{}m", red, green, blue);
  const auto level = [](unsigned part) { return (part * 5 + 127) / 255; };  // of the 6x6x6 cube
  return fmt::format("\x1b[38;5;{}m", 16 + 36 * level(red) + 6 * level(green) + level(blue));
}

bool log_takes_colors() {
  const char* no_color = std::getenv("NO_COLOR");
  return isatty(STDERR_FILENO) == 1 && (no_color == nullptr || *no_color == '\0');
}

// Those that `words` name, all when there are none. The error is the exit code.
tl::expected<std::vector<tenant>, int> choose(context& ctx, std::vector<tenant> all,
                                              const std::vector<std::string>& words) {
  if (words.empty()) return all;
  std::vector<tenant> chosen;
  for (const auto& word : words) {
    auto found = find_org(ctx, word);
    if (!found) return tl::unexpected(found.error());
    const auto is_found = [&](const tenant& each) { return each.slug == found->slug; };
    if (std::none_of(chosen.begin(), chosen.end(), is_found)) chosen.push_back(*std::move(found));
  }
  return chosen;
}

struct broker_start {
  broker::broker_options options;
  std::optional<pid_t> running;  // one that was there before us
};

// Brings the files up to date, also in a broker that runs, and sees to it that one can be started otherwise.
result<broker_start> prepare_broker(context& ctx, const tenants::scanned_tenants& scanned) {
  const auto lock = broker::folder_lock::acquire(ctx.root.broker_dir());
  if (!lock) return tl::unexpected<error>(lock.error());
  auto input = gather_broker_input(ctx.root, scanned);
  if (!input) return tl::unexpected<error>(input.error());
  warn_of_mistakes(ctx, input->mistakes);
  const auto applied = broker::apply(input->options, input->credentials);
  if (!applied) return tl::unexpected<error>(applied.error());
  warn_of_mistakes(ctx, renew_service_certificates(ctx.root, scanned.tenants));
  if (!applied->running) {
    if (auto free = broker::check_port_is_free(input->options.listener); !free) {
      return tl::unexpected<error>(free.error());
    }
  }
  const auto running = broker::find_running(input->options.dir);
  return broker_start{std::move(input->options), running};
}

supervised_program service_program(const context& ctx, const tenant& org, const std::filesystem::path& ingest,
                                   bool colors) {
  supervised_program program;
  program.name = org.slug;
  if (colors) program.color = color_sequence(org.config.branding.primary_color);
  program.program.program = ingest;
  program.program.args = {"--root", ctx.root.path().string(), "--org", org.slug};
  program.hopeless_exit_codes = {usage, not_found, refused};
  return program;
}

void print_start(context& ctx, const std::vector<tenant>& chosen, const broker_start& start) {
  if (ctx.json) {
    json organizations = json::array();
    for (const auto& org : chosen) {
      organizations.push_back({{"slug", org.slug},
                               {"name", org.config.organization.name},
                               {"dashboard", dashboard_url(org.config)}});
    }
    json started{{"organizations", std::move(organizations)},
                 {"broker", "mqtts://" + start.options.listener.text()}};
    if (start.running) started["broker_pid"] = *start.running;
    print_json(ctx, started);
  } else {
    text_table table({"organisation", "dashboard"});
    for (const auto& org : chosen) {
      table.add({swatch(ctx, org.config.branding.primary_color) + org.config.organization.name,
                 dashboard_url(org.config)});
    }
    table.print(ctx);
    ctx.out << "\nbroker on " << start.options.listener.text()
            << (start.running ? fmt::format(", which runs already as process {}", *start.running) : "")
            << ". Ctrl-C stops everything.\n\n";
  }
  ctx.out.flush();
}

int up(context& ctx, const arguments& args) {
  // One organisation's broken file stops no other's service.
  const auto scanned = tenants::scan_tenants(ctx.root);
  if (scanned.tenants.empty() && !scanned.mistakes.empty()) return report(ctx, scanned.mistakes);
  warn_of_mistakes(ctx, scanned.mistakes);
  const auto chosen = choose(ctx, scanned.tenants, args.words());
  if (!chosen) return chosen.error();
  if (const auto named = gather_broker_options(ctx.root, scanned.tenants); !named) {
    return report(ctx, named.error());
  }
  const auto ingest = find_ingest();
  if (!ingest) return report(ctx, ingest.error());

  const auto sync = sync_program(ctx);
  if (!sync) return report(ctx, sync.error());

  // Before anything is started, so that no signal is lost in between.
  supervisor running;
  const auto start = prepare_broker(ctx, scanned);
  if (!start) return report(ctx, start.error());
  if (!start->running) {
    const auto mosquitto = broker::find_mosquitto();
    if (!mosquitto) return report(ctx, mosquitto.error());
    running.add(broker_program(start->options, *mosquitto));
  }
  running.add(*sync);
  const bool colors = log_takes_colors();
  for (const auto& org : *chosen) running.add(service_program(ctx, org, *ingest, colors));
  print_start(ctx, *chosen, *start);
  return running.run();
}

constexpr verb up_verb{
    .name = "up",
    .words = "[ORG…]",
    .summary =
        "Runs the broker and the service of every organisation, or of those named, in the foreground.\n"
        "What ends is started again. Each line of the log is behind its organisation's name.\n"
        "Ctrl-C stops everything.",
    .examples =
        "  atlas-fleet up                  everything\n"
        "  atlas-fleet up acme beta        two of the dashboards, and the broker\n"
        "  atlas-fleet up 2> fleet.log     the log in a file\n",
    .flags = {},
    .run = up};

}  // namespace

int run_up(context& ctx, std::span<const std::string> args) { return run_verb(ctx, up_verb, args); }

}  // namespace atlas::cli
