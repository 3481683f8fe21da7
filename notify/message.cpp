#include "notify/message.hpp"

#include "core/clean_text.hpp"

#include <fmt/format.h>

namespace atlas::notify {

namespace {

constexpr std::size_t longest_subject = 400;  // bytes
constexpr std::string_view built_in_subject = "{{title}}";
constexpr std::string_view built_in_text =
    "{{organization}}: {{title}}\n"
    "{{#list}}\n"
    "{{#alerts}}\n"
    "- {{text}}\n"
    "{{/alerts}}\n"
    "{{/list}}\n"
    "{{#more}}\n"
    "and {{more}} more\n"
    "{{/more}}\n"
    "{{#url}}\n"
    "{{url}}\n"
    "{{/url}}\n";

std::string_view first_of(const std::string& own, const std::string& common, std::string_view built_in) {
  return !own.empty() ? std::string_view(own) : !common.empty() ? std::string_view(common) : built_in;
}

// A template was checked when the configuration was read; one that is wrong all the same gives the built-in
// words rather than no message.
std::string render(std::string_view text, std::string_view built_in, const nlohmann::json& view,
                   escape_function escape) {
  if (auto made = render_template(text, view, escape)) {
    return *std::move(made);
  }
  return render_template(built_in, view, escape).value_or(std::string{});
}

std::string title_of(const message& sent, const org_look& look) {
  return sent.test ? clean_text("Test message of " + look.title + ": nothing has happened", longest_subject)
                   : headline(sent.what);
}

}  // namespace

std::string idempotency_key(const org_look& look, const notice& what, std::string_view channel) {
  return fmt::format("{}/{}/{}/{}", look.id, what.incident, what.number, channel);
}

message make_test_message(const org_look& look, std::string_view channel, unix_ms now) {
  message made;
  made.test = true;
  made.what.incident = fmt::format("test-{}", to_int(now));
  made.what.number = 1;
  made.what.opened = made.what.at = now;
  made.key = idempotency_key(look, made.what, channel);
  return made;
}

nlohmann::json make_view(const message& sent, const org_look& look) {
  const auto& what = sent.what;
  auto alerts = nlohmann::json::array();
  for (const auto& one : what.alerts) {
    if (alerts.size() == max_noted_alerts) {
      break;
    }
    const auto& key = one.value.key;
    alerts.push_back({{"text", describe(one)},
                      {"host", std::string(key.host.text())},
                      {"rule", to_string(key.rule)},
                      {"instance", clean_text(key.instance, longest_subject)},
                      {"severity", to_string(one.value.severity)},
                      {"firing", one.firing},
                      {"value", fmt::format("{:.4g}", one.value.value)},
                      {"threshold", fmt::format("{:.4g}", one.value.threshold)},
                      {"since", utc_text(one.value.since)}});
  }
  const auto more = what.alerts.size() - alerts.size();
  return {{"title", title_of(sent, look)},
          {"organization", look.name},
          {"dashboard", look.title},
          {"incident", what.incident},
          {"kind", sent.test ? "test" : to_string(what.kind)},
          {"severity", to_string(what.severity)},
          {"resolved", what.kind == notice_kind::resolved},
          {"count", what.alerts.size()},
          {"opened", utc_text(what.opened)},
          {"time", utc_text(what.at)},
          // Of one alert the title says it all.
          {"list", what.mass || what.alerts.size() > 1},
          {"alerts", std::move(alerts)},
          {"more", more == 0 ? nlohmann::json(false) : nlohmann::json(std::to_string(more))},
          {"url", look.dashboard_url.empty() ? nlohmann::json(false) : nlohmann::json(look.dashboard_url)}};
}

std::string render_subject(const message& sent, const notify_channel& channel, const org_look& look,
                           escape_function escape) {
  const auto text = first_of(channel.templates.subject, look.templates.subject, built_in_subject);
  return clean_text(render(text, built_in_subject, make_view(sent, look), escape), longest_subject);
}

std::string render_text(const message& sent, const notify_channel& channel, const org_look& look,
                        escape_function escape) {
  const auto text = first_of(channel.templates.text, look.templates.text, built_in_text);
  return render(text, built_in_text, make_view(sent, look), escape);
}

}  // namespace atlas::notify
