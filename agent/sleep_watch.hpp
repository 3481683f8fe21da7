#pragma once

#include "agent/rate.hpp"
#include "agent/wake_pipe.hpp"

#include <memory>
#include <optional>

namespace atlas::agent {

// Hears when this machine is about to sleep, holds that up for the moment that a farewell takes, and hears
// when it is awake again. Where the system has no way to tell, nothing is ever heard. One thread.
class sleep_watch {
 public:
  enum class news { going_to_sleep, awake };

  virtual ~sleep_watch() = default;

  // What has happened since the last call. Never waits.
  virtual std::optional<news> step(monotonic_time now) = 0;
  // Farewell has been said: the machine may sleep.
  virtual void let_sleep() = 0;
  // step() wants to be called when this can be read; -1 for none.
  virtual int descriptor() const = 0;
};

// `wake` is woken when step() has news that its descriptor does not tell; it outlives the result.
std::unique_ptr<sleep_watch> watch_sleep(const wake_pipe& wake);

}  // namespace atlas::agent
