#include "tenants/cli/log_lines.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>

#include <poll.h>
#include <unistd.h>

namespace atlas::cli {

namespace {

// So much a pipe takes without blocking once poll() finds it writable.
constexpr std::size_t piece = 4096;

bool is_writable(int fd, int milliseconds) {
  pollfd waiting{fd, POLLOUT, 0};
  return poll(&waiting, 1, milliseconds) == 1;
}

}  // namespace

void log_lines::add(std::string_view line) {
  if (broken_) return;
  if (waiting_.size() + line.size() + 1 > most_bytes) {
    ++dropped_;
    return;
  }
  if (dropped_ > 0) {
    waiting_ += "(" + std::to_string(dropped_) + " lines were dropped: nothing took them)\n";
    dropped_ = 0;
  }
  waiting_ += line;
  waiting_ += '\n';
}

void log_lines::write_some() {
  std::size_t written = 0;
  while (written < waiting_.size() && is_writable(fd_, 0)) {
    const auto size = write(fd_, waiting_.data() + written, std::min(piece, waiting_.size() - written));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) break;
    if (size <= 0) {
      broken_ = true;
      waiting_.clear();
      return;
    }
    written += static_cast<std::size_t>(size);
  }
  waiting_.erase(0, written);
}

void log_lines::write_all(int milliseconds) {
  using clock = std::chrono::steady_clock;
  const auto deadline = clock::now() + std::chrono::milliseconds(milliseconds);
  for (write_some(); !waiting_.empty(); write_some()) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - clock::now()).count();
    if (left <= 0 || !is_writable(fd_, static_cast<int>(left))) return;
  }
}

}  // namespace atlas::cli
