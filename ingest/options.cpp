#include "ingest/options.hpp"

#include <sstream>
#include <system_error>

#include <boost/program_options.hpp>

namespace atlas::ingest {

namespace po = boost::program_options;

namespace {

po::options_description describe() {
  po::options_description all("Options", 110, 60);
  all.add_options()                                                                                     //
      ("org", po::value<std::string>()->value_name("ORG"), "the organisation: its slug, name or UUID")  //
      ("root", po::value<std::string>()->value_name("DIR"),
       "state root; otherwise $ATLAS_FLEET_ROOT, /var/lib/atlas-fleet or ~/.atlas-fleet")  //
      ("ui-dir", po::value<std::string>()->value_name("DIR"),
       "the built dashboard; otherwise ../share/atlas-fleet/ui beside this program")  //
      ("agents-dir", po::value<std::string>()->value_name("DIR"),
       "agent programs for new machines; otherwise ../share/atlas-fleet/agents beside this program")  //
      ("routes", "print every route of the HTTP interface and its least role as JSON")                //
      ("verbose", "say more on stderr")("version", "print the version")("help,h", "print this");
  return all;
}

std::filesystem::path installed(const char* folder) {
  std::error_code failed;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failed);
  return (program.parent_path() / ".." / "share" / "atlas-fleet" / folder).lexically_normal();
}

}  // namespace

std::string help_text() {
  std::ostringstream text;
  text << "atlas-ingest: takes one organisation's samples from the broker and serves its dashboard.\n\n"
          "Usage:\n  atlas-ingest --org ORG [--root DIR] [--ui-dir DIR] [--agents-dir DIR] [--verbose]\n\n"
       << describe()
       << "\nEverything else is in <root>/tenants/<slug>/tenant.json, which 'atlas-fleet setup' makes and\n"
          "'atlas-fleet org set' changes: address and port of the dashboard, broker, thresholds.\n\n"
          "Examples:\n"
          "  atlas-ingest --org acme\n"
          "  atlas-ingest --org 'Acme Corp' --root /srv/fleet --verbose\n"
          "  atlas-fleet up                  broker and the services of all organisations together\n\n"
          "It waits for a broker that is not there yet; GET /readyz says what it waits for. SIGTERM and "
          "Ctrl-C\n"
          "stop it; the broker then keeps what arrives until it is back. Exit codes: 0 stopped, 1 failed,\n"
          "2 wrong usage, 3 no such organisation.\n";
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
    options chosen;
    chosen.help = given.contains("help");
    chosen.version = given.contains("version");
    chosen.routes = given.contains("routes");
    chosen.verbose = given.contains("verbose");
    const auto folder = [&given](const char* flag, const char* otherwise) {
      return given.contains(flag) ? std::filesystem::path(given[flag].as<std::string>())
                                  : installed(otherwise);
    };
    chosen.ui_dir = folder("ui-dir", "ui");
    chosen.agents_dir = folder("agents-dir", "agents");
    if (given.contains("root")) {
      chosen.root = given["root"].as<std::string>();
    }
    if (given.contains("org")) {
      chosen.org = given["org"].as<std::string>();
    }
    if (chosen.org.empty() && !chosen.routes && !chosen.help && !chosen.version) {
      return failure("command line", "--org ORG is missing; 'atlas-fleet org list' shows the organisations");
    }
    return chosen;
  } catch (const po::error& wrong) {
    return failure("command line", std::string(wrong.what()) + "; see atlas-ingest --help");
  }
}

}  // namespace atlas::ingest
