// What `doctor` looks at of the broker.
#include "broker/canary.hpp"
#include "broker/layout.hpp"
#include "broker/output_file.hpp"
#include "broker/running.hpp"
#include "tenants/cli/doctor.hpp"
#include "tenants/cli/output.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/format.h>
#include <sys/stat.h>

namespace atlas::cli {

namespace {

constexpr std::string_view apply_again = "atlas-fleet broker apply";
constexpr auto warn_before = std::chrono::days(30);

void check_end(std::string_view file, unix_ms until, std::string mend, const broker::broker_options& options,
               findings& found) {
  if (until == unix_ms{} || until - now() > warn_before) return;
  found.push_back({"certificate", (options.dir / file).string(),
                   fmt::format("ends on {}", broker::format_date(until)), std::move(mend)});
}

// Files that are what they should be, and certificates that last.
void check_files(const broker::broker_options& options, findings& found) {
  const auto report = broker::check_files(options);
  for (const auto& problem : report.problems) {
    const bool is_certificate = problem.where.ends_with(".crt");
    found.push_back({is_certificate ? "certificate" : "broker files", problem.where, problem.what,
                     std::string(apply_again)});
  }
  const auto& certificates = report.seen.certificates;
  check_end("certs/server.crt", certificates.server_until,
            certificates.own_ca ? std::string(apply_again)
                                : "Put a new server.crt and server.key there, then: atlas-fleet broker apply",
            options, found);
  check_end("certs/ca.crt", certificates.ca_until,
            "Plan a new CA: remove certs/, `atlas-fleet broker apply`, and let every machine enrol again.",
            options, found);
  if (report.problems.empty()) {
    found.push_back(
        {"broker files", fmt::format("{}, {} users", options.dir.string(), report.seen.users), "", ""});
  }
}

// Opening a registry puts its mode right and makes one that is missing; that is not to be done here.
bool is_untouched_by_opening(const std::filesystem::path& file) {
  struct stat info{};
  return ::stat(file.c_str(), &info) == 0 && (info.st_mode & 077) == 0;
}

enum class step { same, differs, unknown };

// Whether the password file and the limits hold what the registries say.
step compare(const tenants::state_root& root, const tenants::scanned_tenants& scanned, findings* problems) {
  auto input = gather_broker_input(root, scanned);
  if (!input) return step::unknown;
  if (problems != nullptr) {
    for (const auto& mistake : input->mistakes) {
      problems->push_back({"registry", mistake.where, mistake.what, "Restore fleet.db from a backup."});
    }
  }
  const broker::layout files{input->options.dir};
  const auto present = broker::read_if_there(files.passwd());
  const auto limits = broker::read_if_there(files.limits());
  auto secret = broker::read_if_there(files.canary_secret());
  if (!present || present->empty() || !limits || !secret || secret->empty()) return step::unknown;
  secret->resize(std::min(secret->size(), secret->find('\n')));
  input->credentials.push_back({std::string(broker::canary_user), *secret});
  const auto wanted =
      broker::render_passwd(input->credentials, *present, broker::random_salt, input->options.keeps);
  if (!wanted) return step::unknown;
  return *wanted == *present && *limits == input->options.limits ? step::same : step::differs;
}

void check_step(const tenants::state_root& root, const tenants::scanned_tenants& scanned, findings& found) {
  for (const auto& org : scanned.tenants) {
    const auto file = root.fleet_db(org.slug);
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) {
      found.push_back({"registry", file.string(), "is not there",
                       "Restore it from a backup; a service that starts makes an empty one."});
    }
    if (!is_untouched_by_opening(file)) return;
  }
  auto seen = compare(root, scanned, &found);
  // A host that has enrolled just now is let in within two seconds.
  constexpr int patience = 3;
  for (int i = 0; i < patience && seen == step::differs; ++i) {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    seen = compare(root, scanned, nullptr);
  }
  if (seen == step::differs) {
    found.push_back(
        {"broker files", (root.broker_dir() / "passwd").string(),
         "is not in step with the organisations: hosts that enrolled cannot connect, or revoked ones can",
         "atlas-fleet broker apply; `up`, `broker run` and `broker sync --watch` do it by themselves."});
  }
}

void check_process(const broker::broker_options& options, findings& found) {
  const auto where = options.listener.text();
  const auto running = broker::find_running(options.dir);
  if (!running) {
    const auto free = broker::check_port_is_free(options.listener);
    found.push_back(
        free ? finding{"broker", where, "does not run", "atlas-fleet up, or atlas-fleet broker run"}
             : finding{"broker", free.error().where, "does not run, and another program has its port",
                       "Stop that program, or give every organisation another broker.url."});
    return;
  }
  const auto guarded = broker::check_running(options);
  if (!guarded) {
    found.push_back({"broker", guarded.error().where, guarded.error().what,
                     "Look at its log, then restart it: atlas-fleet up"});
    return;
  }
  found.push_back({"broker", fmt::format("{}, process {}", where, *running), "", ""});
  found.push_back({"guard", "the running broker", *guarded ? "" : "has not loaded atlas-guard.so",
                   "Stop the broker and start it again: atlas-fleet up"});
}

}  // namespace

void examine_broker(const tenants::state_root& root, const tenants::scanned_tenants& scanned,
                    findings& found) {
  if (scanned.tenants.empty()) return;  // what is wrong with them has been said
  const auto options = gather_broker_options(root, scanned.tenants);
  if (!options) {
    found.push_back(
        {"broker", options.error().where, options.error().what, "atlas-fleet org set ORG broker.url URL"});
    return;
  }
  check_files(*options, found);
  check_step(root, scanned, found);
  check_process(*options, found);
}

}  // namespace atlas::cli
