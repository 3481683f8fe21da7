#pragma once

#include "agent/rate.hpp"

namespace atlas::agent {

// Lets other threads and signal handlers end the loop's wait.
class wake_pipe {
 public:
  wake_pipe();  // throws std::system_error
  ~wake_pipe();
  wake_pipe(const wake_pipe&) = delete;
  wake_pipe& operator=(const wake_pipe&) = delete;

  // Any thread, and in a signal handler.
  void wake() const noexcept;
  // Returns at the first wake() since the previous wait, when `other` can be read, or at `until`. -1 is no
  // file.
  void wait(monotonic_time until, int other = -1) const;

 private:
  int reader_ = -1;
  int writer_ = -1;
};

}  // namespace atlas::agent
