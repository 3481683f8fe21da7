#include "tenants/recurrence.hpp"

#include <algorithm>
#include <memory>

#include <libical/ical.h>

namespace atlas::tenants {

namespace {

constexpr std::size_t longest_rule = 256;
constexpr std::size_t most_spans = 1000;
// A daily rule that began so long ago is followed to the end; nothing can make the loop longer.
constexpr int most_steps = 100'000;

icaltimezone* zone_of(const std::string& name) {
  return name == "UTC" ? icaltimezone_get_utc_timezone() : icaltimezone_get_builtin_timezone(name.c_str());
}

bool is_too_frequent(icalrecurrencetype_frequency frequency) {
  return frequency == ICAL_SECONDLY_RECURRENCE || frequency == ICAL_MINUTELY_RECURRENCE ||
         frequency == ICAL_HOURLY_RECURRENCE;
}

std::time_t seconds_of(unix_ms time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

bool touches(const time_span& span, const time_span& window) {
  return span.until > window.from && span.from < window.until;
}

}  // namespace

bool is_time_zone(std::string_view name) {
  const bool is_plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '_' || c == '-' || c == '+';
  });
  return !name.empty() && name.size() <= 64 && is_plain && zone_of(std::string(name)) != nullptr;
}

result<void> check_recurrence(const std::string& rule) {
  if (rule.empty()) return {};
  const auto parsed = icalrecurrencetype_from_string(rule.c_str());
  if (rule.size() > longest_rule || parsed.freq == ICAL_NO_RECURRENCE) {
    return failure("repeat", "must be an RFC 5545 recurrence rule, as FREQ=WEEKLY;BYDAY=SA,SU");
  }
  if (is_too_frequent(parsed.freq)) {
    return failure("repeat",
                   "must not recur more often than daily: FREQ is DAILY, WEEKLY, MONTHLY or YEARLY");
  }
  return {};
}

std::vector<time_span> recurring_spans(const time_span& first, const std::string& rule,
                                       const std::string& time_zone, const time_span& window) {
  std::vector<time_span> spans;
  auto* zone = zone_of(time_zone);
  // The first one counts whether the rule would name its day or not.
  if (touches(first, window)) spans.push_back(first);
  if (rule.empty() || !check_recurrence(rule) || zone == nullptr) return spans;
  const auto begin = icaltime_from_timet_with_zone(seconds_of(first.from), 0, zone);
  const std::unique_ptr<icalrecur_iterator, void (*)(icalrecur_iterator*)> steps(
      icalrecur_iterator_new(icalrecurrencetype_from_string(rule.c_str()), begin), icalrecur_iterator_free);
  if (!steps) return spans;
  const auto length = first.until - first.from;
  const auto fraction = first.from - std::chrono::floor<std::chrono::seconds>(first.from);
  for (int i = 0; i < most_steps && spans.size() < most_spans; ++i) {
    const auto next = icalrecur_iterator_next(steps.get());
    if (icaltime_is_null_time(next) != 0) break;
    const auto from = unix_ms{std::chrono::seconds(icaltime_as_timet_with_zone(next, zone))} + fraction;
    if (from >= window.until) break;
    const time_span span{from, from + length};
    if (touches(span, window) && span != first) spans.push_back(span);
  }
  return spans;
}

}  // namespace atlas::tenants
