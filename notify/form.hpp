#pragma once

#include "notify/delivery.hpp"
#include "notify/message.hpp"

namespace atlas::notify {

// The form of each kind of channel. `now` is the time of the attempt.
delivery form_webhook(const message& sent, const notify_channel& channel, const org_look& look, unix_ms now);
delivery form_slack(const message& sent, const notify_channel& channel, const org_look& look);
delivery form_teams(const message& sent, const notify_channel& channel, const org_look& look);
delivery form_discord(const message& sent, const notify_channel& channel, const org_look& look);
delivery form_ntfy(const message& sent, const notify_channel& channel, const org_look& look);
delivery form_email(const message& sent, const notify_channel& channel, const org_look& look);

// By the channel's type.
delivery form(const message& sent, const notify_channel& channel, const org_look& look, unix_ms now);

// A delivery of JSON to the channel's URL, with the headers that all of them have.
delivery post_json(const message& sent, const notify_channel& channel, const nlohmann::json& body);
// JSON as text; bytes that are no UTF-8 become U+FFFD.
std::string to_text(const nlohmann::json& value);
// At most `max_bytes`, cut between characters, with "…" at the end when something was cut.
std::string shortened(std::string text, std::size_t max_bytes);

}  // namespace atlas::notify
