#pragma once

#include "notify/message.hpp"

namespace atlas::notify {

// "#rrggbb": green for what is over, red for critical, amber for a warning, blue for a test.
inline const char* color_of(const message& sent) {
  if (sent.test) return "#1f6feb";
  if (sent.what.kind == notice_kind::resolved) return "#2da44e";
  return sent.what.severity == alert_severity::critical ? "#cf222e" : "#bf8700";
}

}  // namespace atlas::notify
