#pragma once

#include "core/alert.hpp"
#include "core/silence.hpp"

#include <optional>
#include <string>

namespace atlas::tenants {

// Whom a silence is for and when, as a person says it.
struct silence_terms {
  std::string host;  // with "*" for anything; empty: any
  std::string tag;
  std::optional<alert_rule> rule;
  time_span first;     // when it is on, or for the first time
  std::string repeat;  // an RFC 5545 RRULE in the organisation's time zone; empty: once
  std::string comment;
};

struct stored_silence {
  std::string id;  // short, safe to show
  silence_terms terms;
  unix_ms added{};
  std::string by;
};

// What somebody at the command line wants the service to acknowledge.
struct acknowledgement {
  alert_key key;
  std::string by;
};

}  // namespace atlas::tenants
