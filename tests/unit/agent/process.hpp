#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

namespace atlas::agent::test {

inline constexpr std::chrono::seconds patience{30};

// Polls until the condition holds; false when it still does not after `patience`.
bool eventually(const std::function<bool()>& condition);

// A program that runs while the test does. Its stdout and stderr go to one file.
class process {
 public:
  process(std::vector<std::string> arguments, const std::string& output_file,
          const std::map<std::string, std::string>& environment = {});
  ~process();  // kills it
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  void send(int signal) const;
  // The exit code, or minus the signal that ended it; waits for the end.
  int wait();
  // What it has written so far.
  std::string output() const;
  // Whether it has written this, now or within `patience`.
  bool says(const std::string& text) const;

 private:
  pid_t pid_ = -1;
  std::string output_file_;
};

// Runs a program to its end; throws when it fails.
void run_to_end(std::vector<std::string> arguments, const std::string& output_file);

// Accepts connections on the loopback, by the kernel, and never says a word.
class test_listener {
 public:
  test_listener();
  ~test_listener();
  test_listener(const test_listener&) = delete;
  test_listener& operator=(const test_listener&) = delete;
  int port() const { return port_; }
  std::string url() const { return "mqtts://127.0.0.1:" + std::to_string(port_); }

 private:
  int socket_ = -1;
  int port_ = 0;
};

// A TCP port of the loopback that was free a moment ago.
int free_port();

std::string read_text(const std::string& file);
std::size_t count_of(const std::string& text, const std::string& part);

}  // namespace atlas::agent::test
