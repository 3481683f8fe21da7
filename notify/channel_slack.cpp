// Slack's incoming webhooks, and what speaks like them (Mattermost, Rocket.Chat).
#include "notify/color.hpp"
#include "notify/form.hpp"

namespace atlas::notify {

namespace {

constexpr std::size_t longest_slack_text = 8'000;  // bytes

// Without '<' nothing is a link, a mention or <!channel>.
std::string escape_slack(const std::string& value) {
  std::string out;
  for (const char c : value) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      default: out += c;
    }
  }
  return out;
}

}  // namespace

delivery form_slack(const message& sent, const notify_channel& channel, const org_look& look) {
  const auto subject = render_subject(sent, channel, look, escape_slack);
  const auto text = shortened(render_text(sent, channel, look, escape_slack), longest_slack_text);
  return post_json(sent, channel,
                   {{"text", subject},
                    {"attachments", {{{"color", color_of(sent)}, {"fallback", subject}, {"text", text}}}}});
}

}  // namespace atlas::notify
