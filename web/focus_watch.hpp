#pragma once

#include "core/host_id.hpp"

#include <chrono>
#include <optional>
#include <utility>

namespace atlas::web {

// Whether somebody who looked closely at a host is still there. A browser whose network is gone says nothing:
// it is asked every second, and when it has not answered for a few its focus counts no more, until it is
// heard again. Pure: the session sends the pings and tells of every sign of life.
class focus_watch {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::milliseconds period{1000};    // between two pings
  static constexpr std::chrono::milliseconds patience{2500};  // without a sign of life

  void look_at(std::optional<host_id> host, time_point now) {
    host_ = std::move(host);
    heard_ = now;
  }
  void heard(time_point now) { heard_ = now; }

  bool is_looking() const { return host_.has_value(); }
  // The host that counts as looked at.
  std::optional<host_id> focus(time_point now) const {
    return now - heard_ > patience ? std::nullopt : host_;
  }

 private:
  std::optional<host_id> host_;
  time_point heard_;
};

}  // namespace atlas::web
