#pragma once

#include "core/guard_report.hpp"
#include "web/ports.hpp"

#include <chrono>
#include <mutex>
#include <optional>

namespace atlas::ingest {

// What the broker's guard says of this organisation, and whether there is a guard at all. Any thread.
class guard_watch {
 public:
  using time = std::chrono::steady_clock::time_point;

  // Three reports of the guard.
  static constexpr std::chrono::seconds patience{15};

  explicit guard_watch(time started) : since_(started) {}

  void heard(const guard_report& report, time now);
  // The newest report; nothing when it is older than the guard's patience.
  std::optional<guard_report> newest(time now) const;
  // Not required: without a guard the service works, and says what is missing.
  web::readiness_check readiness(time now) const;

 private:
  mutable std::mutex mutex_;
  std::optional<guard_report> report_;
  time since_;  // of the newest report, before the first one of the start
};

}  // namespace atlas::ingest
