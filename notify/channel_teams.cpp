// Microsoft Teams, by the workflow "Post to a channel when a webhook request is received": an Adaptive Card.
// The text stands in text runs, which know no Markdown.
#include "notify/form.hpp"

namespace atlas::notify {

namespace {

constexpr std::size_t longest_card_text = 8'000;  // bytes; a card may have 28 KB

const char* tone_of(const message& sent) {
  if (sent.test) return "accent";
  if (sent.what.kind == notice_kind::resolved) return "good";
  return sent.what.severity == alert_severity::critical ? "attention" : "warning";
}

nlohmann::json block(const std::string& text) {
  return {{"type", "RichTextBlock"}, {"inlines", {{{"type", "TextRun"}, {"text", text}}}}};
}

}  // namespace

delivery form_teams(const message& sent, const notify_channel& channel, const org_look& look) {
  auto title = block(render_subject(sent, channel, look, escape_nothing));
  title["inlines"][0]["weight"] = "bolder";
  title["inlines"][0]["size"] = "medium";
  title["inlines"][0]["color"] = tone_of(sent);
  auto body = nlohmann::json::array({std::move(title)});
  const auto text = shortened(render_text(sent, channel, look, escape_nothing), longest_card_text);
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    if (end > begin) {
      body.push_back(block(text.substr(begin, end - begin)));
    }
    begin = end + 1;
  }
  nlohmann::json card{{"$schema", "http://adaptivecards.io/schemas/adaptive-card.json"},
                      {"type", "AdaptiveCard"},
                      {"version", "1.4"},
                      {"body", std::move(body)}};
  if (!look.dashboard_url.empty()) {
    card["actions"] = {{{"type", "Action.OpenUrl"}, {"title", look.title}, {"url", look.dashboard_url}}};
  }
  const nlohmann::json attachment{{"contentType", "application/vnd.microsoft.card.adaptive"},
                                  {"contentUrl", nullptr},
                                  {"content", std::move(card)}};
  return post_json(sent, channel,
                   {{"type", "message"}, {"attachments", nlohmann::json::array({attachment})}});
}

}  // namespace atlas::notify
