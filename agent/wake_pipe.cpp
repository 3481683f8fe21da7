#include "agent/wake_pipe.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace atlas::agent {

wake_pipe::wake_pipe() {
  int ends[2];
  if (::pipe(ends) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  reader_ = ends[0];
  writer_ = ends[1];
  for (const int end : ends) {
    ::fcntl(end, F_SETFD, FD_CLOEXEC);
    ::fcntl(end, F_SETFL, O_NONBLOCK);
  }
}

wake_pipe::~wake_pipe() {
  ::close(reader_);
  ::close(writer_);
}

void wake_pipe::wake() const noexcept {
  const int kept = errno;  // of the code that a signal has interrupted
  const char byte = 1;
  [[maybe_unused]] const auto written = ::write(writer_, &byte, 1);  // full: a wake is under way already
  errno = kept;
}

void wake_pipe::wait(monotonic_time until, int other) const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady_now()).count();
  pollfd readable[2] = {{reader_, POLLIN, 0}, {other, POLLIN, 0}};
  ::poll(readable, 2, static_cast<int>(std::clamp<long long>(left, 0, 3'600'000)));
  char bytes[64];
  while (::read(reader_, bytes, sizeof bytes) > 0) {
  }
}

}  // namespace atlas::agent
