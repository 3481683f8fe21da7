// ntfy (ntfy.sh or one's own server): the URL names the topic.
#include "notify/encoded.hpp"
#include "notify/form.hpp"

namespace atlas::notify {

namespace {

constexpr std::size_t longest_ntfy_text = 4'000;  // bytes; beyond 4,096 ntfy makes a file of it

const char* priority_of(const message& sent) {
  if (sent.test || sent.what.kind == notice_kind::resolved) return "3";
  return sent.what.severity == alert_severity::critical ? "5" : "4";
}

const char* tag_of(const message& sent) {
  if (sent.test) return "test_tube";
  if (sent.what.kind == notice_kind::resolved) return "white_check_mark";
  return sent.what.severity == alert_severity::critical ? "rotating_light" : "warning";
}

}  // namespace

delivery form_ntfy(const message& sent, const notify_channel& channel, const org_look& look) {
  delivery out;
  out.url = channel.url;
  out.ca_file = channel.ca_file;
  out.allow_local = channel.allow_local;
  out.body = shortened(render_text(sent, channel, look, escape_nothing), longest_ntfy_text);
  out.headers = {"Content-Type: text/plain; charset=utf-8", "Idempotency-Key: " + sent.key,
                 "Title: " + encoded_words(render_subject(sent, channel, look, escape_nothing), " "),
                 std::string("Priority: ") + priority_of(sent), std::string("Tags: ") + tag_of(sent)};
  if (!look.dashboard_url.empty()) {
    out.headers.push_back("Click: " + look.dashboard_url);
  }
  if (!channel.token.empty()) {
    out.headers.push_back("Authorization: Bearer " + channel.token);
  }
  return out;
}

}  // namespace atlas::notify
