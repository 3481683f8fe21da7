#pragma once

#include "core/unix_time.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace atlas::ingest {

// While the broker is away, and for a while after, that nothing is heard of a host says nothing about it: all
// of them have lost their connection, and the broker publishes their Last Wills as it stops. Loop thread.
class broker_pause {
 public:
  // `grace`: how long hosts have to come back to a broker that is back.
  explicit broker_pause(milliseconds grace) : grace_(grace) {}

  // Comes once a second and before events are taken. `connects` counts the connections of this run; the first
  // one is no return.
  void look(bool is_subscribed, std::uint64_t connects, unix_ms now) {
    const bool is_back = known_connects_ > 0 && connects != known_connects_;
    if ((!is_subscribed && known_connects_ > 0) || is_back) {
      until_ = now + grace_;
    }
    known_connects_ = connects;
  }

  void set_grace(milliseconds grace) { grace_ = grace; }

  bool is_on(unix_ms now) const {
    // A time further ahead comes from a clock that was set back.
    return until_ && now < *until_ && *until_ - now <= grace_;
  }

 private:
  milliseconds grace_;
  std::uint64_t known_connects_ = 0;
  std::optional<unix_ms> until_;
};

}  // namespace atlas::ingest
