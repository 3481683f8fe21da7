// Discord's webhooks: one embed, and nobody is mentioned whatever a host is called.
#include "notify/color.hpp"
#include "notify/form.hpp"

#include <charconv>
#include <string_view>

namespace atlas::notify {

namespace {

constexpr std::size_t longest_embed_title = 256;
constexpr std::size_t longest_embed_text = 4'000;

std::string escape_markdown(const std::string& value) {
  std::string out;
  for (const char c : value) {
    if (std::string_view("\\*_~`|>#[]()<-").find(c) != std::string_view::npos) {
      out += '\\';
    }
    out += c;
  }
  return out;
}

int number_of(std::string_view color) {
  int number = 0;
  std::from_chars(color.data() + 1, color.data() + color.size(), number, 16);
  return number;
}

}  // namespace

delivery form_discord(const message& sent, const notify_channel& channel, const org_look& look) {
  nlohmann::json embed{
      {"title", shortened(render_subject(sent, channel, look, escape_markdown), longest_embed_title)},
      {"description", shortened(render_text(sent, channel, look, escape_markdown), longest_embed_text)},
      {"color", number_of(color_of(sent))}};
  if (!look.dashboard_url.empty()) {
    embed["url"] = look.dashboard_url;
  }
  return post_json(sent, channel,
                   {{"embeds", nlohmann::json::array({std::move(embed)})},
                    {"allowed_mentions", {{"parse", nlohmann::json::array()}}}});
}

}  // namespace atlas::notify
