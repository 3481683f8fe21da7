#include "broker/trial.hpp"

#include "broker/account.hpp"
#include "broker/canary.hpp"
#include "broker/output_file.hpp"
#include "broker/running.hpp"
#include "broker/spawn.hpp"
#include "core/clean_text.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>
#include <sstream>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace atlas::broker {

namespace {

using clock = std::chrono::steady_clock;

constexpr auto start_time = std::chrono::seconds(10);
constexpr auto canary_time = std::chrono::seconds(10);
constexpr std::size_t max_output = 64 * 1024;
constexpr int attempts = 5;  // another program may take the port between the choice of it and its use

std::uint16_t free_loopback_port() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  std::uint16_t port = 0;
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0) {
    port = ntohs(address.sin_port);
  }
  close(fd);
  return port;
}

// A mosquitto that is killed at the end of this object's life.
class throw_away_broker {
 public:
  throw_away_broker() = default;
  ~throw_away_broker() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
    if (output_ >= 0) close(output_);
  }
  throw_away_broker(const throw_away_broker&) = delete;
  throw_away_broker& operator=(const throw_away_broker&) = delete;

  result<void> start(const std::filesystem::path& program, const std::filesystem::path& conf,
                     const account& run_as) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return failure("mosquitto", "no pipe for its messages");
    output_ = ends[0];
    auto pid = spawn({program, {"-c", conf.string()}, run_as, SIGKILL}, ends[1]);
    close(ends[1]);
    if (!pid) return tl::unexpected<error>(pid.error());
    pid_ = *pid;
    return {};
  }

  // True once it takes connections, false when it has ended; its messages are in text().
  bool wait_until_running() {
    const auto deadline = clock::now() + start_time;
    while (text_.find(" running\n") == std::string::npos) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - clock::now());
      pollfd waiting{output_, POLLIN, 0};
      if (left.count() <= 0 || poll(&waiting, 1, static_cast<int>(left.count())) == 0) return false;
      std::array<char, 4096> buffer;
      const auto size = read(output_, buffer.data(), buffer.size());
      if (size < 0 && errno == EINTR) continue;
      if (size <= 0 || text_.size() > max_output) return false;
      text_.append(buffer.data(), static_cast<std::size_t>(size));
    }
    return true;
  }

  const std::string& text() const { return text_; }

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  std::string text_;
};

constexpr std::size_t longest_complaint = 400;

// "2027-03-01T10:00:00: Error: Invalid …" without the time. It quotes what it has read, whatever that is.
std::string first_complaint(const std::string& output) {
  std::istringstream lines(output);
  std::string last;
  for (std::string line; std::getline(lines, line);) {
    const auto at = line.find("Error: ");
    if (at != std::string::npos) return clean_text(line.substr(at + 7), longest_complaint);
    if (!line.empty()) last = line;
  }
  return last.empty() ? "it says nothing" : clean_text(last, longest_complaint);
}

struct file_remover {
  std::filesystem::path path;
  ~file_remover() {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
};

}  // namespace

std::string trial_conf(const trial_files& files, std::uint16_t port) {
  const std::pair<std::string_view, std::string> replaced[] = {
      {"listener ", "listener " + std::to_string(port) + " 127.0.0.1"},
      {"acl_file ", "acl_file " + files.acl.string()},
      {"password_file ", "password_file " + files.passwd.string()},
      {"plugin ", "plugin " + files.guard.string()},
      {"plugin_opt_acl_file ", "plugin_opt_acl_file " + files.acl.string()},
      {"plugin_opt_limits_file ", "plugin_opt_limits_file " + files.limits.string()},
      {"certfile ", "certfile " + files.server_certificate.string()},
      {"keyfile ", "keyfile " + files.server_key.string()},
      {"persistence ", "persistence false"},
      {"persistence_location ", ""},
      {"pid_file ", ""}};
  std::istringstream lines(files.conf);
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    for (const auto& [keyword, replacement] : replaced) {
      if (line.starts_with(keyword)) line = replacement;
    }
    text += line + "\n";
  }
  // Tells when it takes connections.
  text += "log_type information\n";
  return text;
}

result<void> try_files(const std::filesystem::path& dir, const trial_files& files) {
  const auto mosquitto = find_mosquitto();
  if (!mosquitto) return tl::unexpected<error>(mosquitto.error());
  const auto run_as = broker_account(dir);
  std::string complaint;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    const auto port = free_loopback_port();
    const file_remover conf{dir / (".trial-" + std::to_string(getpid()) + ".conf")};
    auto written = staged_file::create(conf.path, trial_conf(files, port), 0644, {run_as.uid, run_as.gid});
    if (!written) return tl::unexpected<error>(written.error());
    if (auto done = written->commit(); !done) return done;

    throw_away_broker broker;
    if (auto started = broker.start(*mosquitto, conf.path, run_as); !started) return started;
    if (!broker.wait_until_running()) {
      complaint = first_complaint(broker.text());
      if (complaint.find("Address already in use") != std::string::npos) continue;
      break;
    }
    canary_target target;
    target.address = {"localhost", port};
    target.ca_file = files.ca_certificate;
    target.check_name = files.check_name;
    target.password = files.canary_password;
    const auto outcome = fly_canary(target, canary_time);
    if (!outcome) return failure("trial broker", outcome.error().where + ": " + outcome.error().what);
    if (!outcome->publish_refused) {
      return failure("trial broker", "takes a foreign publish with these access rules; nothing was changed");
    }
    if (files.conf.find("\nplugin ") != std::string::npos && !outcome->subscription_refused) {
      return failure("trial broker",
                     "takes a foreign subscription in spite of its guard; nothing was changed");
    }
    return {};
  }
  return failure("trial broker", "does not start with these files: " + complaint);
}

}  // namespace atlas::broker
