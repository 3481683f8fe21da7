#pragma once

#include "core/alert_rule.hpp"
#include "core/host_id.hpp"
#include "core/unix_time.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace atlas {

struct time_span {
  unix_ms from{};
  unix_ms until{};  // not included
  friend bool operator==(const time_span&, const time_span&) = default;
};

// Whom a silence is for and when, as a person says it.
struct silence_terms {
  std::string host;  // with "*" for anything; empty: any
  std::string tag;   // one of the host's
  std::optional<alert_rule> rule;
  time_span first;     // when it is on, or for the first time
  std::string repeat;  // an RFC 5545 RRULE in the organisation's time zone; empty: once
  std::string comment;
};

struct silence_limits {
  static constexpr std::size_t pattern = 128;  // bytes of a host or a tag
  static constexpr std::size_t comment = 500;
  static constexpr std::chrono::hours recurring{24 * 7};  // the longest span of one that comes again
};

// While a silence is on, nobody is notified of the alerts that it fits; they keep their states.
struct silence {
  std::string id;
  std::string host;  // with "*" for anything; empty: any
  std::string tag;   // one of the host's
  std::optional<alert_rule> rule;
  std::vector<time_span> spans;  // when it is on, in order; a recurring one's for some time ahead
  friend bool operator==(const silence&, const silence&) = default;
};

bool is_on(const silence& value, unix_ms now);
bool fits(const silence& value, const host_id& host, const std::vector<std::string>& tags, alert_rule rule);

}  // namespace atlas
