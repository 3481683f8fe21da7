#pragma once

#include "core/alert.hpp"
#include "core/unix_time.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace atlas {

// What a message to a channel is about:
//   opened     alerts fired
//   grown      more hosts of the same loss, or an alert that became critical
//   repeated   nobody has acknowledged it for the channel's repeat time
//   escalated  the first word to a channel that hears only of what nobody has acknowledged
//   resolved   all of them are over
enum class notice_kind { opened, grown, repeated, escalated, resolved };
std::string_view to_string(notice_kind kind);

// An alert as a notice names it.
struct noted_alert {
  alert value;
  bool firing = true;
  bool acknowledged = false;
};

// One message about one incident, for some channels. The same for each of them; a channel gives it its form.
struct notice {
  std::string incident;      // id
  std::uint32_t number = 0;  // of the incident's messages, from 1
  notice_kind kind = notice_kind::opened;
  bool mass = false;   // hosts lost together
  bool noisy = false;  // its alerts keep changing: the next word comes when they have been steady
  alert_severity severity = alert_severity::warning;
  unix_ms opened{};
  unix_ms at{};
  std::size_t fleet_size = 0;       // hosts of the organisation, at that time
  std::vector<noted_alert> alerts;  // by id
  std::vector<std::string> channels;
};

inline constexpr std::size_t max_noted_alerts = 200;  // further ones are left out of the text

// "31 of 40 hosts lost, 09:14:03 UTC", "web-1: cpu at 97, threshold 90": one line without control characters.
std::string headline(const notice& what);
// "web-1: disk /var at 95.2, threshold 90": one line without control characters.
std::string describe(const noted_alert& what);
// "2026-11-25 09:14:03 UTC"
std::string utc_text(unix_ms time);

// As JSON without the channels, and back: what an outbox keeps.
std::string format_notice(const notice& what);
result<notice> parse_notice(std::string_view json);

}  // namespace atlas
