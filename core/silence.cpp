#include "core/silence.hpp"

#include "core/glob.hpp"

#include <algorithm>

namespace atlas {

bool is_on(const silence& value, unix_ms now) {
  return std::any_of(value.spans.begin(), value.spans.end(),
                     [now](const time_span& span) { return span.from <= now && now < span.until; });
}

bool fits(const silence& value, const host_id& host, const std::vector<std::string>& tags, alert_rule rule) {
  return (!value.rule || *value.rule == rule) && fits_pattern(value.host, host.text()) &&
         fits_any(value.tag, tags);
}

}  // namespace atlas
