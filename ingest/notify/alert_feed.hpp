#pragma once

#include "core/fleet.hpp"
#include "ingest/notify/notifier.hpp"

#include <cstdint>

namespace atlas::ingest {

// Tells the notifier of what the fleet's alerts do, and every now and then of all that fire. Loop thread.
class alert_feed {
 public:
  // Both outlive this object.
  alert_feed(const fleet& hosts, notifier& out) : hosts_(hosts), out_(out) {}

  void take(const fleet_effects& effects);
  // Once a second, when the alerts of an earlier run are known.
  void tick();

 private:
  const fleet& hosts_;
  notifier& out_;
  std::uint64_t ticks_ = 0;
};

}  // namespace atlas::ingest
