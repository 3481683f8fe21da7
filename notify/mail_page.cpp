#include "notify/mail_page.hpp"

#include "notify/color.hpp"

#include <charconv>

namespace atlas::notify {

namespace {

constexpr std::string_view page = R"html(<!doctype html>
<html><head><meta charset="utf-8"><title>{{subject}}</title></head>
<body style="margin:0;padding:24px;background:#f3f4f6;font-family:Helvetica,Arial,sans-serif;color:#111827">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:640px;margin:0 auto;background:#ffffff;border-radius:8px;overflow:hidden">
<tr><td style="background:{{color}};color:{{ink}};padding:16px 24px;font-size:16px;font-weight:bold">{{dashboard}}</td></tr>
<tr><td style="border-left:6px solid {{tone}};padding:20px 24px">
<p style="margin:0 0 4px;font-size:18px;font-weight:bold">{{subject}}</p>
<p style="margin:0 0 16px;font-size:13px;color:#4b5563">{{organization}} &middot; {{time}}</p>
{{#own_text}}
<p style="white-space:pre-line;margin:0 0 16px">{{own_text}}</p>
{{/own_text}}
{{#table}}
<table cellpadding="6" cellspacing="0" style="border-collapse:collapse;font-size:14px;width:100%">
{{#alerts}}
<tr style="border-top:1px solid #e5e7eb"><td>{{text}}</td><td style="white-space:nowrap;color:#4b5563">{{since}}</td></tr>
{{/alerts}}
</table>
{{#more}}<p style="font-size:14px">and {{more}} more</p>{{/more}}
{{/table}}
{{#url}}
<p style="margin:20px 0 0"><a href="{{url}}" style="background:{{color}};color:{{ink}};padding:10px 16px;border-radius:6px;text-decoration:none">Open the dashboard</a></p>
{{/url}}
</td></tr></table></body></html>
)html";

// Black or white, whichever can be read on the colour.
const char* ink_on(std::string_view color) {
  const auto channel = [color](std::size_t at) {
    int value = 0;
    std::from_chars(color.data() + at, color.data() + at + 2, value, 16);
    return value;
  };
  if (color.size() != 7) {
    return "#ffffff";
  }
  constexpr int middle = 140'000;  // of 255,000
  return 299 * channel(1) + 587 * channel(3) + 114 * channel(5) > middle ? "#000000" : "#ffffff";
}

}  // namespace

std::string render_mail_page(const message& sent, const notify_channel& channel, const org_look& look) {
  auto view = make_view(sent, look);
  view["subject"] = render_subject(sent, channel, look, escape_nothing);
  view["color"] = look.color;
  view["ink"] = ink_on(look.color);
  view["tone"] = color_of(sent);
  const bool is_own = !channel.templates.text.empty() || !look.templates.text.empty();
  view["own_text"] =
      is_own ? nlohmann::json(render_text(sent, channel, look, escape_nothing)) : nlohmann::json(false);
  view["table"] = !is_own && !sent.what.alerts.empty();
  return render_template(page, view, escape_html).value_or(std::string{});
}

}  // namespace atlas::notify
