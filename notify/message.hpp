#pragma once

#include "core/message_template.hpp"
#include "core/notification.hpp"
#include "core/notify_channel.hpp"
#include "core/org_look.hpp"

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace atlas::notify {

// One message to one channel.
struct message {
  notice what;
  std::string key;    // idempotency key
  bool test = false;  // nothing has happened: somebody tries the channel
};

// "<org>/<incident>/<number>/<channel>"
std::string idempotency_key(const org_look& look, const notice& what, std::string_view channel);
// What `notify test` and the Test button send.
message make_test_message(const org_look& look, std::string_view channel, unix_ms now);

// What templates can name, see docs/notifications.md.
nlohmann::json make_view(const message& sent, const org_look& look);

// By the channel's templates, else the organisation's, else the built-in ones. The subject is one line
// without control characters, at most 400 bytes; the values in both went through `escape`.
std::string render_subject(const message& sent, const notify_channel& channel, const org_look& look,
                           escape_function escape);
std::string render_text(const message& sent, const notify_channel& channel, const org_look& look,
                        escape_function escape);

}  // namespace atlas::notify
