#pragma once

#include "broker/account.hpp"
#include "core/error.hpp"

#include <csignal>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace atlas::broker {

// A program to start as a child, in a process group of its own so that a terminal's Ctrl-C reaches only us.
struct child_program {
  std::filesystem::path program;
  std::vector<std::string> args;  // after the program's name
  // Root may give its rights up for those of this account. Done before the program starts: a program that
  // does it by itself loses `signal_when_orphaned`.
  std::optional<account> run_as;
  // Sent by the kernel when the thread that called spawn() ends, however that comes about: spawn from a
  // thread that lives as long as the process.
  int signal_when_orphaned = SIGKILL;
};

// Standard output and error go to `output_fd`, standard input is empty, no other descriptor stays open that
// is marked close-on-exec, no signal is blocked or ignored, and as many files may be open as the system
// allows. A program that cannot be started exits with 127, its reason on `output_fd`.
result<pid_t> spawn(const child_program& child, int output_fd);

// Whether a program of this name is on the PATH or in one of the sbin folders; where.
std::optional<std::filesystem::path> find_program(const std::string& name);

}  // namespace atlas::broker
