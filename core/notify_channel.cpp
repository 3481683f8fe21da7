#include "core/notify_channel.hpp"

namespace atlas {

std::string_view to_string(channel_type type) {
  switch (type) {
    case channel_type::webhook: return "webhook";
    case channel_type::slack: return "slack";
    case channel_type::teams: return "teams";
    case channel_type::discord: return "discord";
    case channel_type::ntfy: return "ntfy";
    case channel_type::email: return "email";
  }
  return "";
}

std::string_view to_string(smtp_security security) {
  switch (security) {
    case smtp_security::starttls: return "starttls";
    case smtp_security::tls: return "tls";
    case smtp_security::none: return "none";
  }
  return "";
}

channel_policy notify_channel::policy() const {
  return {name, min_severity, resolved, std::chrono::minutes(repeat_minutes),
          std::chrono::minutes(escalate_minutes)};
}

}  // namespace atlas
