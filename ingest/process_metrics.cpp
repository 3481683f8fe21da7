#include "ingest/process_metrics.hpp"

#include "ingest/prometheus_text.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include <sys/resource.h>
#include <unistd.h>

namespace atlas::ingest {

namespace {

double seconds_of(const timeval& time) {
  constexpr double microseconds = 1e6;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / microseconds;
}

// /proc/self/statm: the second number is the resident set in pages.
double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double size = 0;
  double resident = 0;
  file >> size >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double open_files() {
  std::error_code failed;
  const std::filesystem::directory_iterator files("/proc/self/fd", failed);
  return failed ? 0 : static_cast<double>(std::distance(begin(files), end(files)));
}

double start_seconds() {
  static const double started =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  return started;
}

// Taken while the program is loaded, not at the first scrape.
const double noted_at_load = start_seconds();

}  // namespace

void append_process_metrics(prometheus_text& out) {
  using kind = prometheus_text::kind;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  out.family(kind::counter, "process_cpu_seconds_total", "User and system CPU time in seconds.");
  out.line(seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));
  out.family(kind::gauge, "process_resident_memory_bytes", "Resident memory in bytes.");
  out.line(resident_bytes());
  out.family(kind::gauge, "process_open_fds", "Open file descriptors.");
  out.line(open_files());
  out.family(kind::gauge, "process_start_time_seconds", "Start of the process, Unix time in seconds.");
  out.line(noted_at_load);
}

}  // namespace atlas::ingest
