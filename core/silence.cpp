#include "core/silence.hpp"

#include "core/glob.hpp"

#include <algorithm>

namespace atlas {

bool is_on(const silence& value, unix_ms now) {
  return std::any_of(value.spans.begin(), value.spans.end(),
                     [now](const time_span& span) { return span.from <= now && now < span.until; });
}

bool fits(const silence& value, const host_id& host, const std::vector<std::string>& tags, alert_rule rule) {
  if ((value.rule && *value.rule != rule) ||
      (!value.host.empty() && !matches_glob(value.host, host.text()))) {
    return false;
  }
  return value.tag.empty() || std::any_of(tags.begin(), tags.end(), [&](const std::string& tag) {
           return matches_glob(value.tag, tag);
         });
}

}  // namespace atlas
