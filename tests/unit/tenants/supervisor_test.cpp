#include "tenants/cli/supervisor.hpp"

#include "tests/unit/tenants/support.hpp"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

namespace atlas::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

// A zombie counts as gone: who inherits it decides when it is reaped.
bool is_alive(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(status, text);
  const auto name_end = text.rfind(')');
  return name_end != std::string::npos && text.substr(name_end + 2, 1) != "Z";
}

supervised_program shell(const std::string& name, const std::string& script) {
  supervised_program program;
  program.name = name;
  program.program.program = "/bin/sh";
  program.program.args = {"-c", script};
  return program;
}

// A supervisor in a process of its own, as it takes signals and may be killed.
class supervisor_process {
 public:
  explicit supervisor_process(const std::vector<supervised_program>& programs,
                              supervisor_options options = {}) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    pid_ = fork();
    if (pid_ == 0) {
      options.output_fd = ends[1];
      int code = 99;
      {
        supervisor running(options);
        for (const auto& program : programs) running.add(program);
        code = running.run();
      }
      _exit(code);
    }
    close(ends[1]);
    output_ = ends[0];
  }
  ~supervisor_process() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
    close(output_);
  }
  supervisor_process(const supervisor_process&) = delete;
  supervisor_process& operator=(const supervisor_process&) = delete;

  void signal(int number) const { kill(pid_, number); }

  // The exit code; -1 when a signal ended it.
  int wait() {
    int status = 0;
    while (waitpid(pid_, &status, WNOHANG) == 0) read_some(10);
    pid_ = -1;
    while (read_some(0)) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  // Everything written so far, once it has `text`.
  const std::string& log_with(const std::string& text, std::size_t times = 1) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    const auto is_there = [&] {
      std::size_t found = 0;
      for (auto at = log_.find(text); at != std::string::npos; at = log_.find(text, at + 1)) ++found;
      return found >= times;
    };
    while (!is_there()) {
      if (std::chrono::steady_clock::now() > deadline)
        throw std::runtime_error("no '" + text + "' in " + log_);
      read_some(50);
    }
    return log_;
  }
  const std::string& log() const { return log_; }

  // The number behind the `which`-th "<name> | pid ".
  pid_t pid_of(const std::string& name, std::size_t which = 1) {
    const auto mark = name + " | pid ";
    log_with(mark, which);
    std::size_t at = 0;
    for (std::size_t i = 0; i < which; ++i) at = log_.find(mark, at) + mark.size();
    while (log_.find('\n', at) == std::string::npos) read_some(50);
    return static_cast<pid_t>(std::stol(log_.substr(at)));
  }

 private:
  bool read_some(int milliseconds) {
    pollfd waiting{output_, POLLIN, 0};
    if (poll(&waiting, 1, milliseconds) != 1) return false;
    char buffer[4096];
    const auto size = read(output_, buffer, sizeof buffer);
    if (size > 0) log_.append(buffer, static_cast<std::size_t>(size));
    return size > 0;
  }

  pid_t pid_ = -1;
  int output_ = -1;
  std::string log_;
};

const std::string stays = "echo pid $$; exec sleep 1000";

supervisor_options quick() {
  supervisor_options options;
  options.first_pause = 10ms;
  options.longest_pause = 40ms;
  return options;
}

TEST(Supervisor, PutsEachLineBehindItsProgramsName) {
  supervisor_process running({shell("acme", "echo one; echo two >&2; exec sleep 1000"),
                              shell("longer", "printf 'three\\nfour'; exec sleep 1000")});
  EXPECT_THAT(running.log_with("acme   | one\n"), HasSubstr("acme   | one\n"));
  EXPECT_THAT(running.log_with("acme   | two\n"), HasSubstr("acme   | two\n"));
  running.log_with("longer | three\n");
  running.signal(SIGTERM);
  EXPECT_EQ(running.wait(), 0);
  EXPECT_THAT(running.log(), HasSubstr("longer | four\n"));
}

TEST(Supervisor, BringsAKilledProgramBack) {
  supervisor_process running({shell("acme", stays)});
  const auto first = running.pid_of("acme");
  kill(first, SIGKILL);
  const auto second = running.pid_of("acme", 2);
  EXPECT_NE(second, first);
  EXPECT_TRUE(is_alive(second));
  EXPECT_THAT(running.log(), HasSubstr("was ended by signal 9; starts again in 0.5 s"));
}

TEST(Supervisor, PausesLongerEachTimeThatAProgramEndsAtOnce) {
  supervisor_process running({shell("acme", "exit 1")}, quick());
  const auto& log = running.log_with("in 0.04 s", 2);
  const auto first = log.find("ended with exit code 1; starts again in 0.01 s");
  const auto second = log.find("in 0.02 s");
  const auto third = log.find("in 0.04 s");
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
  EXPECT_NE(third, std::string::npos);
}

TEST(Supervisor, BeginsWithTheShortPauseAgainAfterALifeInHealth) {
  auto options = quick();
  options.healthy_after = 0ms;
  supervisor_process running({shell("acme", "exit 1")}, options);
  EXPECT_THAT(running.log_with("in 0.01 s", 4), Not(HasSubstr("in 0.02 s")));
}

TEST(Supervisor, LeavesDownWhatARestartWouldNotMend) {
  auto hopeless = shell("acme", "exit 3");
  hopeless.hopeless_exit_codes = {2, 3, 4};
  supervisor_process running({hopeless});
  EXPECT_EQ(running.wait(), 1);
  EXPECT_THAT(running.log(), HasSubstr("acme | ended with exit code 3; it stays down"));
  EXPECT_THAT(running.log(), HasSubstr("up   | nothing is left to run"));
}

TEST(Supervisor, SaysWhyAProgramCannotBeStarted) {
  supervised_program missing;
  missing.name = "acme";
  missing.program.program = "/no/such/program";
  supervisor_process running({missing}, quick());
  EXPECT_THAT(running.log_with("exit code 127"), HasSubstr("cannot start: /no/such/program: No such file"));
}

class StopSignal : public testing::TestWithParam<int> {};

TEST_P(StopSignal, EndsEverythingAndWhatThatHadStarted) {
  supervisor_process running({shell("acme", "sleep 1000 & echo pid $!; wait"), shell("beta", stays)});
  const auto grandchild = running.pid_of("acme");
  const auto child = running.pid_of("beta");
  running.signal(GetParam());
  EXPECT_EQ(running.wait(), 0);
  EXPECT_TRUE(eventually([=] { return !is_alive(grandchild) && !is_alive(child); }));
}

INSTANTIATE_TEST_SUITE_P(All, StopSignal, testing::Values(SIGINT, SIGTERM, SIGHUP));

TEST(Supervisor, StopsTheBrokerAfterItsUsers) {
  const std::string script = "trap 'echo down; exit 0' TERM; echo ready; while :; do sleep 0.02; done";
  auto last = shell("broker", script);
  last.stops_last = true;
  auto options = quick();
  options.patience = 1h;
  supervisor_process running({last, shell("acme", script)}, options);
  running.log_with("ready", 2);
  running.signal(SIGTERM);
  EXPECT_EQ(running.wait(), 0);
  EXPECT_LT(running.log().find("acme   | down"), running.log().find("broker | down"));
  EXPECT_THAT(running.log(), HasSubstr("broker | down"));
}

TEST(Supervisor, KillsWhatDoesNotListen) {
  auto options = quick();
  options.patience = 100ms;
  supervisor_process running({shell("acme", "trap '' TERM; echo pid $$; while :; do sleep 0.02; done")},
                             options);
  const auto pid = running.pid_of("acme");
  running.signal(SIGTERM);
  EXPECT_EQ(running.wait(), 0);
  EXPECT_FALSE(is_alive(pid));
  EXPECT_THAT(running.log(), HasSubstr("was ended by signal 9"));
}

TEST(Supervisor, KillsAtOnceWhenToldASecondTime) {
  auto options = quick();
  options.patience = 1h;
  supervisor_process running({shell("acme", "trap '' TERM; echo pid $$; while :; do sleep 0.02; done")},
                             options);
  running.pid_of("acme");
  running.signal(SIGINT);
  running.log_with("up   | stopping");
  running.signal(SIGINT);
  EXPECT_EQ(running.wait(), 0);
}

TEST(Supervisor, TakesItsProgramsWithItWhenItIsKilled) {
  auto gentle = shell("beta", "trap 'exit 0' TERM; echo pid $$; while :; do sleep 0.02; done");
  gentle.program.signal_when_orphaned = SIGTERM;
  supervisor_process running({shell("acme", stays), gentle});
  const auto first = running.pid_of("acme");
  const auto second = running.pid_of("beta");
  running.signal(SIGKILL);
  EXPECT_EQ(running.wait(), -1);
  EXPECT_TRUE(eventually([=] { return !is_alive(first) && !is_alive(second); }));
}

TEST(Supervisor, TakesAProgramWithItThatGaveUpRootsRights) {
  const passwd* nobody = getpwnam("nobody");
  if (geteuid() != 0 || nobody == nullptr) GTEST_SKIP() << "needs root";
  auto program = shell("acme", "echo user $(id -u); " + stays);
  program.program.run_as = broker::account{"nobody", nobody->pw_uid, nobody->pw_gid};
  supervisor_process running({program});
  const auto pid = running.pid_of("acme");
  EXPECT_THAT(running.log(), HasSubstr("user " + std::to_string(nobody->pw_uid) + "\n"));
  running.signal(SIGKILL);
  EXPECT_TRUE(eventually([=] { return !is_alive(pid); }));
}

TEST(Supervisor, DoesNotWaitForAReaderOfItsLog) {
  supervisor_process running({shell("acme", "trap 'go=1' USR1; echo pid $$; while [ -z \"$go\" ]; do sleep 0.02; done; "
                                            "while :; do echo " +
                                                std::string(200, 'x') + "; done"),
                              shell("beta", "echo pid $$; exec sleep 1000")});
  const auto pid = running.pid_of("beta");
  kill(running.pid_of("acme"), SIGUSR1);
  // Nobody reads from here on; the pipe is full in no time.
  running.signal(SIGTERM);
  EXPECT_TRUE(eventually([=] { return !is_alive(pid); }));
}

TEST(Supervisor, EndsWhenNobodyCanReadItsLogAnyMore) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const auto pid = fork();
  if (pid == 0) {
    close(ends[0]);
    supervisor_options options;
    options.output_fd = ends[1];
    int code = 99;
    {
      supervisor running(options);
      running.add(shell("acme", "while :; do echo x; sleep 0.01; done"));
      code = running.run();
    }
    _exit(code);
  }
  close(ends[1]);
  close(ends[0]);
  int status = 0;
  ASSERT_TRUE(eventually([&] { return waitpid(pid, &status, WNOHANG) == pid; }));
  EXPECT_EQ(WEXITSTATUS(status), 1);
}

TEST(LogLines, OfAProgramCannotCommandATerminal) {
  std::vector<std::string> lines;
  line_splitter splitter;
  const auto add = [&](std::string_view line) { lines.emplace_back(line); };
  splitter.add("a\x1b[31mb\r\n\n  \nlong ", add);
  splitter.add(std::string(10'000, 'x') + "\nrest", add);
  splitter.finish(add);
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0], "a [31mb");
  EXPECT_EQ(lines[1].size(), 8U * 1024);
  EXPECT_EQ(lines[1].size() + lines[2].size(), 10'005U);
  EXPECT_EQ(lines[3], "rest");
}

TEST(LogLines, AreDroppedAndCountedWhenNothingTakesThem) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
  log_lines log(ends[1]);
  const std::string line(1000, 'x');
  for (int i = 0; i < 3000; ++i) log.add(line);
  std::string read_back;
  const auto read_all = [&] {
    char buffer[65536];
    for (ssize_t size = 0; (size = read(ends[0], buffer, sizeof buffer)) > 0;) {
      read_back.append(buffer, static_cast<std::size_t>(size));
    }
  };
  while (!log.is_empty()) {
    log.write_some();
    read_all();
  }
  log.add("after");
  log.write_some();
  read_all();
  EXPECT_LT(read_back.size(), 1'100'000U);
  EXPECT_THAT(read_back, HasSubstr(" lines were dropped: nothing took them)\nafter\n"));
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace atlas::cli
