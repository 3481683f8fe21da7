#include "notify/form.hpp"

namespace atlas::notify {

delivery form(const message& sent, const notify_channel& channel, const org_look& look, unix_ms now) {
  switch (channel.type) {
    case channel_type::webhook: return form_webhook(sent, channel, look, now);
    case channel_type::slack: return form_slack(sent, channel, look);
    case channel_type::teams: return form_teams(sent, channel, look);
    case channel_type::discord: return form_discord(sent, channel, look);
    case channel_type::ntfy: return form_ntfy(sent, channel, look);
    case channel_type::email: return form_email(sent, channel, look);
  }
  return {};
}

delivery post_json(const message& sent, const notify_channel& channel, const nlohmann::json& body) {
  delivery out;
  out.url = channel.url;
  out.headers = {"Content-Type: application/json; charset=utf-8", "Idempotency-Key: " + sent.key};
  out.body = to_text(body);
  out.ca_file = channel.ca_file;
  out.allow_local = channel.allow_local;
  return out;
}

std::string to_text(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string shortened(std::string text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) {
    return text;
  }
  auto end = max_bytes - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) {
    --end;
  }
  text.resize(end);
  return text + "…";
}

}  // namespace atlas::notify
