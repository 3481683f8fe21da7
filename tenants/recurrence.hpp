#pragma once

#include "core/error.hpp"
#include "core/silence.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace atlas::tenants {

// Whether the machine's time zone database knows this name, as in "Europe/Berlin".
bool is_time_zone(std::string_view name);

// Checks an RFC 5545 RRULE such as "FREQ=WEEKLY;BYDAY=SA,SU". Rules more frequent than daily are refused;
// `where` of an error is "repeat".
result<void> check_recurrence(const std::string& rule);

// The spans of something that is on for the first time in `first` and again as `rule` says, by the clock of
// that time zone; those that touch `window`, in order, at most 1000. An empty rule: only the first. A rule
// or zone that cannot be read gives the first. One thread at a time.
std::vector<time_span> recurring_spans(const time_span& first, const std::string& rule,
                                       const std::string& time_zone, const time_span& window);

}  // namespace atlas::tenants
