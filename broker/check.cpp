#include "broker/account.hpp"
#include "broker/acl.hpp"
#include "broker/files.hpp"
#include "broker/layout.hpp"
#include "broker/output_file.hpp"
#include "broker/running.hpp"
#include "broker/trial.hpp"

#include <chrono>

#include <sys/stat.h>

namespace atlas::broker {

namespace {

constexpr auto login_time = std::chrono::seconds(10);

unix_ms now() { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

void check_private(const std::filesystem::path& file, std::vector<error>& problems) {
  struct stat status{};
  if (stat(file.c_str(), &status) == 0 && (status.st_mode & 077) != 0) {
    problems.push_back({file.string(), "can be read by others; run `chmod 600` on it"});
  }
}

// The text, when there is one; otherwise the problem is noted.
std::string read_needed(const std::filesystem::path& file, std::vector<error>& problems) {
  auto text = read_if_there(file);
  if (!text) {
    problems.push_back(text.error());
    return {};
  }
  if (text->empty()) {
    problems.push_back({file.string(), "is missing or empty; run `atlas-fleet broker render`"});
  }
  return *std::move(text);
}

result<std::string> read_canary_password(const layout& files) {
  auto secret = read_if_there(files.canary_secret());
  if (!secret) return secret;
  while (secret->ends_with('\n')) secret->pop_back();
  if (secret->empty()) {
    return failure(files.canary_secret().string(), "is missing; run `atlas-fleet broker apply`");
  }
  return secret;
}

}  // namespace

check_report check_files(const broker_options& options) {
  const layout files{options.dir};
  check_report report;
  auto& problems = report.problems;
  report.seen.running = find_running(files.dir);

  const auto conf = read_needed(files.conf(), problems);
  if (!conf.empty() && conf != render_conf(options, broker_account(files.dir).name)) {
    problems.push_back(
        {files.conf().string(), "is not what atlas-fleet would render now; run `atlas-fleet broker apply`"});
  }
  const auto acl = read_needed(files.acl(), problems);
  if (!acl.empty()) {
    if (auto good = check_acl(acl, files.acl().string()); !good) problems.push_back(good.error());
  }
  const auto passwd = read_needed(files.passwd(), problems);
  if (auto users = check_passwd(passwd, files.passwd().string())) {
    report.seen.users = *users;
  } else {
    problems.push_back(users.error());
  }
  if (const auto certificates = read_certificates(files)) {
    if (auto state = check_certificates(*certificates, certificate_names(options), now())) {
      report.seen.certificates = *std::move(state);
    } else {
      problems.push_back({(files.dir / state.error().where).string(), state.error().what});
    }
  } else {
    problems.push_back(certificates.error());
  }
  for (const auto& secret : {files.ca_key(), files.server_key(), files.passwd(), files.canary_secret()}) {
    check_private(secret, problems);
  }
  return report;
}

result<void> check_trial(const broker_options& options) {
  const layout files{options.dir};
  trial_files trial;
  const auto conf = read_if_there(files.conf());
  const auto certificates = read_certificates(files);
  auto password = read_canary_password(files);
  if (!conf) return tl::unexpected<error>(conf.error());
  if (!certificates) return tl::unexpected<error>(certificates.error());
  if (!password) return tl::unexpected<error>(password.error());
  trial.conf = *conf;
  trial.acl = files.acl();
  trial.passwd = files.passwd();
  trial.guard = files.guard();
  trial.limits = files.limits();
  trial.server_certificate = files.server_certificate();
  trial.server_key = files.server_key();
  if (!certificates->ca_certificate.empty()) trial.ca_certificate = files.ca_certificate();
  trial.check_name = !certificates->ca_key.empty();
  trial.canary_password = *std::move(password);
  return try_files(files.dir, trial);
}

result<bool> check_running(const broker_options& options) {
  const layout files{options.dir};
  const auto pid = find_running(files.dir);
  if (!pid)
    return failure("broker", "does not run; start it with `atlas-fleet up` or `atlas-fleet broker run`");
  const auto certificates = read_certificates(files);
  if (!certificates) return tl::unexpected<error>(certificates.error());
  auto password = read_canary_password(files);
  if (!password) return tl::unexpected<error>(password.error());
  const auto target = make_canary_target(options, !certificates->ca_key.empty(),
                                         !certificates->ca_certificate.empty(), *std::move(password));
  const auto outcome = fly_canary(target, login_time);
  if (!outcome) return tl::unexpected<error>(outcome.error());
  if (!outcome->publish_refused) return open_broker(*pid);
  return outcome->subscription_refused;
}

}  // namespace atlas::broker
