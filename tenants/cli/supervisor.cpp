#include "tenants/cli/supervisor.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

namespace atlas::cli {

namespace {

constexpr std::string_view own_name = "up";

std::string describe_end(int status) {
  if (WIFSIGNALED(status)) return fmt::format("was ended by signal {}", WTERMSIG(status));
  return fmt::format("ended with exit code {}", WEXITSTATUS(status));
}

std::string seconds_text(std::chrono::milliseconds value) {
  return fmt::format("{:g} s", static_cast<double>(value.count()) / 1000);
}

}  // namespace

struct supervisor::child {
  supervised_program what;
  pid_t pid = 0;  // 0: not running
  int output = -1;
  line_splitter lines;
  std::chrono::milliseconds pause{0};  // the latest one
  clock::time_point started{};
  std::optional<clock::time_point> restart_at;
  bool terminated = false;  // has got its SIGTERM
};

supervisor::supervisor(supervisor_options options) : options_(options), log_(options.output_fd) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) sigaddset(&signals, number);
  sigprocmask(SIG_BLOCK, &signals, &old_mask_);
  struct sigaction ignore{};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, &old_pipe_);
  signal_fd_ = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
  if (signal_fd_ < 0) throw std::runtime_error("signalfd is refused by the system");
}

supervisor::~supervisor() {
  for (auto& target : children_) {
    if (target.pid > 0) {
      kill(-target.pid, SIGKILL);
      waitpid(target.pid, nullptr, 0);
    }
    if (target.output >= 0) close(target.output);
  }
  close(signal_fd_);
  sigaction(SIGPIPE, &old_pipe_, nullptr);
  sigprocmask(SIG_SETMASK, &old_mask_, nullptr);
}

void supervisor::add(supervised_program program) {
  name_width_ = std::max(name_width_, program.name.size());
  children_.emplace_back().what = std::move(program);
}

void supervisor::say(std::string_view line) { write_line(std::string(own_name), "", line); }

void supervisor::write_line(const std::string& name, const std::string& color, std::string_view line) {
  const std::string_view reset = color.empty() ? "" : "\x1b[0m";
  log_.add(fmt::format("{}{:<{}}{} | {}", color, name, name_width_, reset, line));
}

int supervisor::run() {
  for (auto& target : children_) start(target);
  for (;;) {
    log_.write_some();
    if (log_.is_broken()) begin_stop();
    if (stopping_since_) continue_stop();
    const bool waits_for_restart = std::any_of(children_.begin(), children_.end(),
                                               [](const child& each) { return each.restart_at.has_value(); });
    if (!is_anything_alive(false) && !waits_for_restart) break;
    wait();
    take_signals();
    reap();
    if (!stopping_since_) restart_due();
  }
  if (!stopping_since_) say("nothing is left to run");
  log_.write_all(1000);
  return stopping_since_ && !log_.is_broken() ? 0 : 1;
}

void supervisor::wait() {
  std::vector<pollfd> waiting{{signal_fd_, POLLIN, 0}};
  std::vector<child*> readers;
  for (auto& target : children_) {
    if (target.output < 0) continue;
    waiting.push_back({target.output, POLLIN, 0});
    readers.push_back(&target);
  }
  if (!log_.is_empty()) waiting.push_back({log_.fd(), POLLOUT, 0});
  int milliseconds = -1;
  if (const auto deadline = next_deadline()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - clock::now()).count();
    milliseconds = static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
  }
  if (poll(waiting.data(), waiting.size(), milliseconds) <= 0) return;
  for (std::size_t i = 0; i < readers.size(); ++i) {
    if (waiting[i + 1].revents != 0) read_output(*readers[i]);
  }
}

void supervisor::start(child& target) {
  target.restart_at.reset();
  target.started = clock::now();
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("the system gives no pipe");
  auto pid = broker::spawn(target.what.program, ends[1]);
  close(ends[1]);
  if (!pid) {
    close(ends[0]);
    write_line(target.what.name, target.what.color, pid.error().what);
    target.pause = options_.longest_pause;
    target.restart_at = clock::now() + target.pause;
    return;
  }
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  target.pid = *pid;
  target.output = ends[0];
}

void supervisor::read_output(child& target) {
  const auto write = [&](std::string_view line) { write_line(target.what.name, target.what.color, line); };
  // A bounded share of it: a program that never stops writing must not keep us from the others.
  constexpr int most_reads = 16;
  std::array<char, 16 * 1024> buffer;
  for (int i = 0; i < most_reads; ++i) {
    const auto size = read(target.output, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) {
      target.lines.finish(write);
      close(target.output);
      target.output = -1;
      return;
    }
    target.lines.add({buffer.data(), static_cast<std::size_t>(size)}, write);
  }
}

void supervisor::reap() {
  for (auto& target : children_) {
    if (target.pid <= 0) continue;
    siginfo_t ended{};
    if (waitid(P_PID, static_cast<id_t>(target.pid), &ended, WEXITED | WNOHANG | WNOWAIT) != 0 ||
        ended.si_pid != target.pid) {
      continue;
    }
    // What it has started itself, while its number still cannot belong to anybody else.
    kill(-target.pid, SIGKILL);
    int status = 0;
    waitpid(target.pid, &status, 0);
    target.pid = 0;
    on_end(target, status);
  }
}

void supervisor::on_end(child& target, int status) {
  if (target.output >= 0) read_output(target);
  if (target.output >= 0) {
    target.lines.finish(
        [&](std::string_view line) { write_line(target.what.name, target.what.color, line); });
    close(target.output);
    target.output = -1;
  }
  const auto text = describe_end(status);
  if (stopping_since_) {
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) write_line(target.what.name, target.what.color, text);
    return;
  }
  const auto& hopeless = target.what.hopeless_exit_codes;
  if (WIFEXITED(status) &&
      std::find(hopeless.begin(), hopeless.end(), WEXITSTATUS(status)) != hopeless.end()) {
    write_line(target.what.name, target.what.color, text + "; it stays down, a restart would not mend that");
    return;
  }
  const bool begins_anew =
      target.pause.count() == 0 || clock::now() - target.started >= options_.healthy_after;
  target.pause = begins_anew ? options_.first_pause : std::min(target.pause * 2, options_.longest_pause);
  target.restart_at = clock::now() + target.pause;
  write_line(target.what.name, target.what.color, text + "; starts again in " + seconds_text(target.pause));
}

void supervisor::restart_due() {
  for (auto& target : children_) {
    if (target.restart_at && *target.restart_at <= clock::now()) start(target);
  }
}

void supervisor::take_signals() {
  signalfd_siginfo info{};
  while (read(signal_fd_, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    if (info.ssi_signo == SIGCHLD) continue;
    if (stopping_since_) impatient_ = true;
    begin_stop();
  }
}

void supervisor::begin_stop() {
  if (stopping_since_) return;
  stopping_since_ = clock::now();
  for (auto& target : children_) target.restart_at.reset();
  say("stopping");
}

void supervisor::continue_stop() {
  const auto waited = clock::now() - *stopping_since_;
  const bool kills = impatient_ || waited >= options_.patience;
  const bool last_ones_too = !is_anything_alive(true) || waited >= options_.patience / 2;
  for (auto& target : children_) {
    if (target.pid <= 0) continue;
    if (kills) {
      kill(-target.pid, SIGKILL);
    } else if (!target.terminated && (last_ones_too || !target.what.stops_last)) {
      kill(target.pid, SIGTERM);
      target.terminated = true;
    }
  }
}

std::optional<supervisor::clock::time_point> supervisor::next_deadline() const {
  std::optional<clock::time_point> next;
  const auto add = [&next](clock::time_point at) { next = next ? std::min(*next, at) : at; };
  for (const auto& target : children_) {
    if (target.restart_at) add(*target.restart_at);
  }
  if (stopping_since_) {
    constexpr auto until_reaped = std::chrono::milliseconds(50);
    const auto now = clock::now();
    const auto half = *stopping_since_ + options_.patience / 2;
    const auto end = *stopping_since_ + options_.patience;
    add(now < half ? half : now < end ? end : now + until_reaped);
  }
  return next;
}

bool supervisor::is_anything_alive(bool only_first) const {
  return std::any_of(children_.begin(), children_.end(), [=](const child& each) {
    return each.pid > 0 && !(only_first && each.what.stops_last);
  });
}

}  // namespace atlas::cli
