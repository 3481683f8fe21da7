#include "agent/log.hpp"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>

#include <unistd.h>

namespace atlas::agent {

namespace {

std::atomic<bool> verbose_lines{false};

const char* name_of(log_level level) {
  switch (level) {
    case log_level::debug: return "debug";
    case log_level::info: return "info";
    case log_level::warning: return "warning";
    case log_level::error: return "error";
  }
  return "";
}

}  // namespace

void set_verbose(bool verbose) { verbose_lines = verbose; }

void log(log_level level, std::string_view text) {
  if (level == log_level::debug && !verbose_lines) return;
  const auto now = std::chrono::system_clock::now();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  std::tm local{};
  ::localtime_r(&seconds, &local);
  char stamp[32];
  std::strftime(stamp, sizeof stamp, "%Y-%m-%d %H:%M:%S", &local);
  char head[64];
  const int size = std::snprintf(head, sizeof head, "[%s.%03d] [%s] ", stamp, static_cast<int>(since % 1000),
                                 name_of(level));
  std::string line(head, static_cast<std::size_t>(size));
  line += text;
  line += '\n';
  // One write a line, so that lines of several threads and processes do not mix.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace atlas::agent
