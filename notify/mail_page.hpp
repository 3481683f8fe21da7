#pragma once

#include "notify/message.hpp"

#include <string>

namespace atlas::notify {

// The HTML of a mail: a bar in the organisation's colour, the subject, the alerts as a table or the text of
// the channel's own template, and a link to the dashboard. Everything from elsewhere is escaped.
std::string render_mail_page(const message& sent, const notify_channel& channel, const org_look& look);

}  // namespace atlas::notify
