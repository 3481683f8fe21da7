#include "ingest/application.hpp"
#include "ingest/options.hpp"
#include "web/router.hpp"

#include <csignal>
#include <cstdio>
#include <exception>
#include <string>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

namespace {

using namespace atlas;

enum exit_code { done = 0, failed = 1, usage = 2, not_found = 3 };

void print(const error& problem) {
  std::fprintf(stderr, "atlas-ingest: %s: %s\n", problem.where.c_str(), problem.what.c_str());
}

void print_routes() {
  const char* separator = "{\"routes\":[\n";
  for (const auto& one : web::all_routes()) {
    std::printf("%s{\"method\":\"%s\",\"pattern\":\"%s\",\"role\":\"%s\"}", separator,
                std::string(web::to_string(one.verb)).c_str(), std::string(one.pattern).c_str(),
                std::string(web::to_string(one.least)).c_str());
    separator = ",\n";
  }
  std::puts("\n]}");
}

void set_up_log(bool verbose) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("atlas-ingest"));
  spdlog::set_pattern("%Y-%m-%d %H:%M:%S.%e %^%l%$ %v");
  spdlog::set_level(verbose ? spdlog::level::debug : spdlog::level::info);
}

// A connection is a file: as many as this process may have.
void allow_many_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
}

int run(const std::vector<std::string>& arguments) {
  const auto chosen = ingest::parse_options(arguments);
  if (!chosen) {
    print(chosen.error());
    return usage;
  }
  if (chosen->help || chosen->version) {
    std::fputs(chosen->help ? ingest::help_text().c_str() : "atlas-ingest " ATLAS_VERSION "\n", stdout);
    return done;
  }
  if (chosen->routes) {
    print_routes();
    return done;
  }
  set_up_log(chosen->verbose);
  allow_many_files();
  const auto root = tenants::state_root::find(chosen->root);
  const auto tenant = tenants::find_tenant(root, chosen->org);
  if (!tenant) {
    bool missing = false;
    for (const auto& problem : tenant.error()) {
      print(problem);
      missing = missing || problem.where == "not found";
    }
    return missing ? not_found : failed;
  }
  const auto served = ingest::serve(root, *tenant, *chosen);
  if (!served) {
    print(served.error());
    return failed;
  }
  return done;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return run({argv + 1, argv + argc});
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "atlas-ingest: %s\n", problem.what());
    return failed;
  }
}
