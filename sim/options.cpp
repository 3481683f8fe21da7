#include "sim/options.hpp"

#include "core/host_id.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <sstream>
#include <string_view>
#include <utility>

#include <boost/program_options.hpp>
#include <fmt/format.h>

namespace atlas::sim {

namespace po = boost::program_options;

namespace {

po::options_description describe() {
  po::options_description all("Options", 110, 60);
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  all.add_options()                                                     //
      ("org", text("ORG"), "the organisation: its slug, name or UUID")  //
      ("root", text("DIR"),
       "state root; otherwise $ATLAS_FLEET_ROOT, /var/lib/atlas-fleet or ~/.atlas-fleet")             //
      ("hosts", text("N"), "how many hosts, 1 to 900 (10; 1 with --trace)")                           //
      ("prefix", text("TEXT"), "hosts are TEXT0001, TEXT0002, … (sim-)")                              //
      ("add", "register those that the organisation does not have yet")                               //
      ("interval", text("TIME"), "time between two samples of a host: 10s, 500ms, 1m (10s)")          //
      ("duration", text("TIME"), "stop after so long: 30s, 10m, 2h (never, or when the trace ends)")  //
      ("speed", text("X"), "how much faster than ours the hosts' own time goes, 0.01 to 100000 (1)")  //
      ("trace", text("FILE"), "replay this `timestamp,value` series as the first host's CPU")         //
      ("loop", "begin the trace again when it ends")                                                  //
      ("server-url", text("URL"), "mqtts://HOST:PORT of the broker (broker.url)")                     //
      ("seed", text("N"), "the same number makes the same hosts and values (1)")                      //
      ("json", "print the summary as JSON")("version", "print the version")("help,h", "print this");
  return all;
}

result<double> parse_number(const std::string& flag, std::string_view text, double least, double most) {
  double value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size() || !(value >= least && value <= most)) {
    return failure("--" + flag, fmt::format("must be a number from {} to {}", least, most));
  }
  return value;
}

result<std::uint64_t> parse_whole(const std::string& flag, std::string_view text, std::uint64_t least,
                                  std::uint64_t most) {
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size() || value < least || value > most) {
    return failure("--" + flag, fmt::format("must be a whole number from {} to {}", least, most));
  }
  return value;
}

// "10s", "500ms", "1.5m", "2h", "10" (seconds).
result<milliseconds> parse_time(const std::string& flag, std::string_view text, milliseconds least) {
  constexpr std::array<std::pair<std::string_view, double>, 6> units{
      {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}, {"", 1'000}}};
  constexpr double most = 366 * 86'400'000.0;
  double count = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), count);
  const auto unit = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const auto& [name, factor] : units) {
    const double value = count * factor;
    if (problem == std::errc{} && unit == name && value >= static_cast<double>(least.count()) &&
        value <= most) {
      return milliseconds(std::llround(value));
    }
  }
  return failure("--" + flag,
                 fmt::format("must be a time from {} ms to a year, as 500ms, 10s, 5m or 2h", least.count()));
}

// The last host's id shows whether all are in order.
result<std::string> parse_prefix(const std::string& text) {
  if (host_id::parse(text + "0001")) return text;
  return failure("--prefix", "must be letters, digits, dots, dashes and underscores, 60 at most");
}

template <class T>
bool take(result<T> parsed, T& place, std::optional<error>& mistake) {
  if (parsed) {
    place = *std::move(parsed);
  } else if (!mistake) {
    mistake = parsed.error();
  }
  return parsed.has_value();
}

result<options> read(const po::variables_map& given) {
  options chosen;
  std::optional<error> mistake;
  const auto value = [&given](const char* flag) { return given[flag].as<std::string>(); };
  for (const auto& [flag, place] :
       {std::pair{"add", &chosen.add}, std::pair{"loop", &chosen.loop}, std::pair{"json", &chosen.json},
        std::pair{"help", &chosen.help}, std::pair{"version", &chosen.version}}) {
    *place = given.contains(flag);
  }
  if (chosen.help || chosen.version) return chosen;
  if (given.contains("org")) chosen.org = value("org");
  if (given.contains("root")) chosen.root = value("root");
  if (given.contains("server-url")) chosen.server_url = value("server-url");
  if (given.contains("trace")) {
    chosen.trace_file = value("trace");
    chosen.hosts = 1;
  }
  std::uint64_t hosts = chosen.hosts;
  if (given.contains("hosts")) take(parse_whole("hosts", value("hosts"), 1, max_hosts), hosts, mistake);
  chosen.hosts = static_cast<std::uint32_t>(hosts);
  if (given.contains("prefix")) take(parse_prefix(value("prefix")), chosen.prefix, mistake);
  if (given.contains("interval")) {
    take(parse_time("interval", value("interval"), milliseconds(10)), chosen.interval, mistake);
  }
  if (given.contains("duration")) {
    milliseconds duration{};
    take(parse_time("duration", value("duration"), milliseconds(1)), duration, mistake);
    chosen.duration = duration;
  }
  if (given.contains("speed"))
    take(parse_number("speed", value("speed"), 0.01, 100'000), chosen.speed, mistake);
  if (given.contains("seed")) {
    take(parse_whole("seed", value("seed"), 0, std::uint64_t{1} << 62), chosen.seed, mistake);
  }
  if (chosen.loop && !chosen.trace_file) return failure("--loop", "needs a --trace");
  if (chosen.org.empty()) return failure("--org", "is needed: the organisation that the hosts are of");
  if (mistake) return tl::unexpected(*std::move(mistake));
  return chosen;
}

}  // namespace

std::string help_text() {
  std::ostringstream text;
  text << "atlas-sim: hosts that do not exist, for load tests and demos.\n\n"
          "Usage:\n  atlas-sim --org ORG [--hosts N] [--interval TIME] [--duration TIME] [--add] …\n"
          "  atlas-sim --org ORG --trace FILE.csv [--speed X] [--loop] [--add] …\n\n"
       << describe()
       << "\nEvery host logs in at the broker with its own password, which derives from the organisation's "
          "key, and\n"
          "sends what an agent sends: inventory, status and samples over MQTT 5 and TLS. Values follow a "
          "daily\n"
          "wave with noise and a job now and then; disks fill slowly. --speed makes days pass in minutes; "
          "samples\n"
          "bear the present time and come every --interval all the same.\n\n"
          "A trace is a file of lines `timestamp,value`: ISO 8601, or seconds or milliseconds since 1970, "
          "and a\n"
          "percentage; a header line may be there. Each sample is the trace's mean over the time since the "
          "last\n"
          "one. Where it ends, the simulation ends, unless --loop.\n\n"
          "One process has 900 hosts at most, for its MQTT library takes no more connections; start several, "
          "each\n"
          "with its own --prefix, for more. --add registers hosts; `atlas-fleet up` or `broker run` tells "
          "the\n"
          "broker of them within a second.\n\n"
          "Examples:\n"
          "  atlas-sim --org acme --hosts 50 --add\n"
          "  atlas-sim --org acme --hosts 200 --interval 1s --duration 10m --json\n"
          "  atlas-sim --org acme --trace cpu.csv --speed 60 --interval 1s --add\n\n"
          "SIGTERM and Ctrl-C stop it. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no such organisation,\n"
          "4 a host is not registered (see --add).\n";
  return text.str();
}

result<options> parse_options(const std::vector<std::string>& arguments) {
  try {
    po::variables_map given;
    po::store(po::command_line_parser(arguments)
                  .options(describe())
                  .positional({})
                  .style(po::command_line_style::unix_style & ~po::command_line_style::allow_guessing)
                  .run(),
              given);
    return read(given);
  } catch (const po::error& problem) {
    return failure("atlas-sim", fmt::format("{}; see 'atlas-sim --help'", problem.what()));
  }
}

}  // namespace atlas::sim
