#include "agent/remote_config.hpp"

#include "agent/config.hpp"
#include "core/json_object.hpp"

namespace atlas::agent {

result<remote_config> parse_remote_config(std::string_view payload) {
  constexpr std::size_t max_bytes = 16 * 1024;
  remote_config asked;
  if (payload.empty()) return asked;
  json_object object(payload, max_bytes);
  if (object.has("report_interval")) {
    const auto seconds = object.whole("report_interval");
    if (seconds < report_interval_limits.least || seconds > report_interval_limits.most) {
      object.add_mistake("report_interval", "must be a whole number of seconds from 1 to 86400");
    } else {
      asked.report_interval = std::chrono::seconds(seconds);
    }
  }
  if (object.mistake()) return tl::unexpected(*object.mistake());
  return asked;
}

}  // namespace atlas::agent
