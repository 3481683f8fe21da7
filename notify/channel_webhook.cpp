// Any program that takes JSON over HTTP: docs/notifications.md describes the body and how to verify it.
#include "notify/form.hpp"
#include "notify/signature.hpp"

namespace atlas::notify {

delivery form_webhook(const message& sent, const notify_channel& channel, const org_look& look, unix_ms now) {
  const auto& what = sent.what;
  auto alerts = nlohmann::json::array();
  for (const auto& one : what.alerts) {
    auto value = nlohmann::json::parse(format_alert(one.value));
    value["acknowledged"] = one.acknowledged;
    alerts.push_back(std::move(value));
  }
  const nlohmann::json body{{"v", 1},
                            {"key", sent.key},
                            {"organization", {{"id", look.id}, {"name", look.name}}},
                            {"incident", what.incident},
                            {"number", what.number},
                            {"kind", sent.test ? "test" : to_string(what.kind)},
                            {"severity", to_string(what.severity)},
                            {"mass", what.mass},
                            {"noisy", what.noisy},
                            {"hosts", what.fleet_size},
                            {"opened", to_int(what.opened)},
                            {"time", to_int(what.at)},
                            {"title", render_subject(sent, channel, look, escape_nothing)},
                            {"text", render_text(sent, channel, look, escape_nothing)},
                            {"url", look.dashboard_url},
                            {"alerts", std::move(alerts)}};
  auto out = post_json(sent, channel, body);
  if (!channel.secret.empty()) {
    out.headers.push_back("X-Atlas-Signature: " + make_signature(channel.secret, out.body, now));
  }
  return out;
}

}  // namespace atlas::notify
