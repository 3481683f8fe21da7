#pragma once

#include "broker/spawn.hpp"
#include "core/error.hpp"
#include "tenants/cli/log_lines.hpp"

#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace atlas::cli {

// A program that is to run as long as we do.
struct supervised_program {
  std::string name;   // in front of each line that it writes
  std::string color;  // ANSI sequence for the name; empty for none
  broker::child_program program;
  std::vector<int> hopeless_exit_codes;  // a restart would end the same way: it stays down
  bool stops_last = false;               // the others may need it until they are down
};

struct supervisor_options {
  int output_fd = 2;
  // Between an end and the next start: the first, doubled each time, up to the longest. A program that has
  // lived `healthy_after` begins again with the first: what cannot work ends sooner than that, and what is
  // killed while it works is back at once.
  std::chrono::milliseconds first_pause{500};
  std::chrono::milliseconds longest_pause{30'000};
  std::chrono::milliseconds healthy_after{5'000};
  // From SIGTERM to SIGKILL.
  std::chrono::milliseconds patience{5'000};
};

// Runs programs, starts again those that end, and writes what they say into one log, each line behind its
// program's name. SIGINT, SIGTERM and SIGHUP stop everything: SIGTERM to each, then SIGKILL. Should we be
// killed ourselves, the kernel ends them. One thread, which must live as long as the process.
class supervisor {
 public:
  // From here on these signals and SIGCHLD wait for run(), and a closed output is an error, no signal.
  explicit supervisor(supervisor_options options = {});
  ~supervisor();  // restores the signals; kills what still runs
  supervisor(const supervisor&) = delete;
  supervisor& operator=(const supervisor&) = delete;

  void add(supervised_program program);
  // A line of our own, behind the name "up".
  void say(std::string_view line);

  // Until a signal has stopped everything (0), or nothing is left to run or nobody to read the log (1).
  int run();

 private:
  using clock = std::chrono::steady_clock;
  struct child;

  void start(child& target);
  void read_output(child& target);
  void reap();
  void on_end(child& target, int status);
  void take_signals();
  void begin_stop();
  void continue_stop();
  void restart_due();
  void wait();
  void write_line(const std::string& name, const std::string& color, std::string_view line);
  std::optional<clock::time_point> next_deadline() const;
  bool is_anything_alive(bool only_first) const;

  supervisor_options options_;
  log_lines log_;
  std::vector<child> children_;
  std::size_t name_width_ = 2;
  int signal_fd_ = -1;
  sigset_t old_mask_{};
  struct sigaction old_pipe_{};
  std::optional<clock::time_point> stopping_since_;
  bool impatient_ = false;  // told to stop a second time
};

}  // namespace atlas::cli
