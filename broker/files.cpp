#include "broker/files.hpp"

#include "broker/account.hpp"
#include "broker/acl.hpp"
#include "broker/canary.hpp"
#include "broker/layout.hpp"
#include "broker/output_file.hpp"
#include "broker/running.hpp"
#include "broker/trial.hpp"

#include <chrono>
#include <sstream>
#include <utility>

#include <unistd.h>

namespace atlas::broker {

namespace {

// A broker with 10,000 users stands still for a tenth of a second while it reads its files.
constexpr auto reload_time = std::chrono::seconds(15);

unix_ms now() { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

tl::unexpected<error> in_folder(const layout& files, error problem) {
  problem.where = (files.dir / problem.where).string();
  return tl::unexpected<error>(std::move(problem));
}

// All files of one rendering, written beside their places.
struct staging {
  std::vector<staged_file> files;
  std::string conf;
  certificate_texts certificates;
  std::string canary_password;
  rendered summary;
  bool changes_more_than_passwords = false;

  const std::filesystem::path& path_of(const std::filesystem::path& target) const {
    for (const auto& file : files) {
      if (file.target() == target) return file.path();
    }
    return target;
  }
};

result<void> make_folders(const layout& files, const account& broker) {
  const file_owner own{geteuid(), getegid()};
  const file_owner given{broker.uid, broker.gid};
  if (auto made = make_folder(files.dir, 0755, own); !made) return made;
  if (auto made = make_folder(files.certs(), 0755, own); !made) return made;
  if (auto made = make_folder(files.data(), 0700, given); !made) return made;
  // Written by an earlier broker that ran as another user.
  std::error_code ignored;
  if (std::filesystem::exists(files.database(), ignored)) {
    if (auto made = make_owned_file(files.database(), 0600, given); !made) return made;
  }
  // Mosquitto writes it after it has become the other user, who may not make files in this folder.
  return make_owned_file(files.pid_file(), 0644, given);
}

result<std::string> canary_password(const layout& files, bool fresh) {
  if (!fresh) {
    auto present = read_if_there(files.canary_secret());
    if (!present) return present;
    const auto end = present->find('\n');
    if (end >= 43 && end != std::string::npos) return present->substr(0, end);
  }
  return make_canary_password();
}

result<staging> stage(const broker_options& options, std::vector<credential> credentials, bool fresh_canary) {
  const layout files{options.dir};
  if (options.dir.string().find('\n') != std::string::npos) {
    return failure(options.dir.string(), "has a line break in its name, which mosquitto.conf cannot hold");
  }
  const auto broker = broker_account(files.dir);
  if (auto made = make_folders(files, broker); !made) return tl::unexpected<error>(made.error());

  staging staged;
  staged.conf = render_conf(options, broker.name);
  auto present = read_certificates(files);
  if (!present) return tl::unexpected<error>(present.error());
  const auto names = certificate_names(options);
  auto certificates = prepare_certificates(*present, names, now());
  if (!certificates) return in_folder(files, certificates.error());
  auto state = check_certificates(*certificates, names, now());
  if (!state) return in_folder(files, state.error());
  staged.certificates = *std::move(certificates);
  staged.summary.certificates = *std::move(state);

  auto canary = canary_password(files, fresh_canary);
  if (!canary) return tl::unexpected<error>(canary.error());
  staged.canary_password = *canary;
  credentials.push_back({std::string(canary_user), *canary});
  const auto previous = read_if_there(files.passwd());
  if (!previous) return tl::unexpected<error>(previous.error());
  const auto passwd =
      render_passwd(std::move(credentials), *previous, random_salt, options.keeps, options.memo);
  if (!passwd) return in_folder(files, passwd.error());
  const auto users = check_passwd(*passwd, files.passwd().string());
  if (!users) return tl::unexpected<error>(users.error());
  staged.summary.users = *users;

  const file_owner own{geteuid(), getegid()};
  const file_owner given{broker.uid, broker.gid};
  struct output {
    std::filesystem::path path;
    const std::string& text;
    mode_t mode;
    file_owner owner;
  };
  std::string guard;
  if (!options.guard.empty()) {
    auto plugin = read_if_there(options.guard);
    if (!plugin) return tl::unexpected<error>(plugin.error());
    guard = *std::move(plugin);
  }
  const auto acl = render_acl();
  const auto secret = *canary + "\n";
  const auto& certs = staged.certificates;
  const output outputs[] = {{files.ca_certificate(), certs.ca_certificate, 0644, own},
                            {files.ca_key(), certs.ca_key, 0600, own},
                            {files.server_key(), certs.server_key, 0600, given},
                            {files.server_certificate(), certs.server_certificate, 0644, given},
                            {files.guard(), guard, 0755, own},
                            {files.limits(), options.limits, 0644, own},
                            {files.conf(), staged.conf, 0644, own},
                            {files.acl(), acl, 0600, given},
                            {files.canary_secret(), secret, 0600, own},
                            {files.passwd(), *passwd, 0600, given}};
  for (const auto& [path, text, mode, owner] : outputs) {
    if (text.empty()) continue;  // a key that is kept elsewhere, no guard
    auto file = staged_file::create(path, text, mode, owner);
    if (!file) return tl::unexpected<error>(file.error());
    if (file->changes_text()) {
      staged.summary.changed = true;
      const bool routine = path == files.passwd() || path == files.canary_secret() || path == files.limits();
      if (!routine) staged.changes_more_than_passwords = true;
    }
    staged.files.push_back(*std::move(file));
  }
  return staged;
}

result<void> commit(staging& staged) {
  for (auto& file : staged.files) {
    if (auto done = file.commit(); !done) return done;
  }
  return {};
}

result<void> try_staged(const layout& files, const staging& staged) {
  trial_files trial;
  trial.conf = staged.conf;
  trial.acl = staged.path_of(files.acl());
  trial.passwd = staged.path_of(files.passwd());
  trial.guard = staged.path_of(files.guard());
  trial.limits = staged.path_of(files.limits());
  trial.server_certificate = staged.path_of(files.server_certificate());
  trial.server_key = staged.path_of(files.server_key());
  if (!staged.certificates.ca_certificate.empty()) {
    trial.ca_certificate = staged.path_of(files.ca_certificate());
  }
  trial.check_name = staged.summary.certificates.own_ca;
  trial.canary_password = staged.canary_password;
  return try_files(files.dir, trial);
}

// "listener 8883 127.0.0.1" of a mosquitto.conf.
std::string listener_line(std::string_view conf) {
  std::istringstream lines{std::string(conf)};
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("listener ")) return line;
  }
  return {};
}

}  // namespace

result<rendered> render(const broker_options& options, const std::vector<credential>& credentials) {
  auto staged = stage(options, credentials, false);
  if (!staged) return tl::unexpected<error>(staged.error());
  if (auto done = commit(*staged); !done) return tl::unexpected<error>(done.error());
  return std::move(staged->summary);
}

result<bool> differs(const broker_options& options, const std::vector<credential>& credentials) {
  const auto staged = stage(options, credentials, false);
  if (!staged) return tl::unexpected<error>(staged.error());
  return staged->summary.changed;
}

result<applied> apply(const broker_options& options, const std::vector<credential>& credentials) {
  const layout files{options.dir};
  const auto pid = find_running(files.dir);
  if (!pid) {
    auto done = render(options, credentials);
    if (!done) return tl::unexpected<error>(done.error());
    return applied{false, false, false, *std::move(done)};
  }

  if (auto readable = check_can_reload(*pid, broker_account(files.dir)); !readable) {
    return tl::unexpected<error>(readable.error());
  }
  const auto old_conf = read_if_there(files.conf());
  if (!old_conf) return tl::unexpected<error>(old_conf.error());
  auto staged = stage(options, credentials, true);
  if (!staged) return tl::unexpected<error>(staged.error());
  if (listener_line(*old_conf) != listener_line(staged->conf)) {
    return failure("broker", "it runs with \"" + listener_line(*old_conf) + "\" and should now have \"" +
                                 listener_line(staged->conf) +
                                 "\"; stop it and start it again, it does not change that while it runs");
  }
  if (staged->changes_more_than_passwords) {
    if (auto tried = try_staged(files, *staged); !tried) return tl::unexpected<error>(tried.error());
  }
  if (auto done = commit(*staged); !done) return tl::unexpected<error>(done.error());
  if (auto asked = ask_to_reload(*pid); !asked) return tl::unexpected<error>(asked.error());
  const auto target =
      make_canary_target(options, staged->summary.certificates.own_ca,
                         !staged->certificates.ca_certificate.empty(), staged->canary_password);
  const auto outcome = fly_canary(target, reload_time);
  if (!outcome) return tl::unexpected<error>(outcome.error());
  if (!outcome->publish_refused) return open_broker(*pid);
  return applied{true, true, outcome->subscription_refused, std::move(staged->summary)};
}

}  // namespace atlas::broker
