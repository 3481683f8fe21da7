#pragma once

#include "core/alert.hpp"
#include "core/notify_planner.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atlas {

enum class channel_type { webhook, slack, teams, discord, ntfy, email };
inline constexpr std::array all_channel_types{channel_type::webhook, channel_type::slack,
                                              channel_type::teams,   channel_type::discord,
                                              channel_type::ntfy,    channel_type::email};
std::string_view to_string(channel_type type);

//   starttls  the connection begins in the clear and must be encrypted before anything is said
//   tls       encrypted from the first byte (port 465)
//   none      in the clear: to a mail server on the same machine
enum class smtp_security { starttls, tls, none };
inline constexpr std::array all_smtp_securities{smtp_security::starttls, smtp_security::tls,
                                                smtp_security::none};
std::string_view to_string(smtp_security security);

// In the Mustache language, see docs/notifications.md; empty: the built-in one.
struct notify_templates {
  std::string subject;
  std::string text;
  friend bool operator==(const notify_templates&, const notify_templates&) = default;
};

// One entry of alerts.notify: where messages go.
struct notify_channel {
  struct smtp_server {
    std::string host;
    std::uint16_t port = 587;
    smtp_security security = smtp_security::starttls;
    std::string user;
    std::string password;  // secret
  };

  channel_type type = channel_type::webhook;
  std::string name;
  std::string url;     // but for e-mail; secret: whoever knows it may post
  std::string secret;  // of a webhook's signature; empty: not signed
  std::string token;   // of ntfy; secret
  smtp_server smtp;
  std::string from;
  std::vector<std::string> to;
  std::optional<std::filesystem::path> ca_file;  // PEM; none: the system's authorities
  alert_severity min_severity = alert_severity::warning;
  bool resolved = true;
  std::uint32_t repeat_minutes = 240;  // 0: never
  std::uint32_t escalate_minutes = 0;
  bool allow_local = false;  // addresses of this machine and of its link
  notify_templates templates;

  channel_policy policy() const;
};

}  // namespace atlas
