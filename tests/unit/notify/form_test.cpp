#include "notify/form.hpp"

#include "notify/encoded.hpp"
#include "notify/signature.hpp"
#include "tests/unit/notify/planner_fixture.hpp"

#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace atlas::notify {
namespace {

using atlas::test::at;
using atlas::test::news_of;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* hostile =
    "/<script>\r\nBcc: x@y\"'&@everyone <!channel> *a* [l](http://e) {{title}} \xff";

org_look look() {
  return {"aaaaaaaa-0000-4000-8000-00000000000a",
          "Acme <b>\"Corp\"",
          "Acme\r\nX: y",
          "#00ff00",
          "https://fleet.example",
          {}};
}

message hostile_message() {
  message out;
  out.what.incident = "20261125T091403Z-7";
  out.what.number = 2;
  out.what.severity = alert_severity::critical;
  out.what.opened = out.what.at = at(0);
  auto disk = news_of("web-1", alert_rule::disk, true, 0).value;
  disk.key.instance = hostile;
  out.what.alerts = {{disk, true, false}, {news_of("db", alert_rule::cpu, true, 0).value, true, false}};
  out.key = idempotency_key(look(), out.what, "c");
  return out;
}

notify_channel channel_of(channel_type type) {
  notify_channel channel;
  channel.type = type;
  channel.name = "c";
  channel.url = "https://hooks.example/secret";
  channel.from = "fleet@example.com";
  channel.to = {"a@example.com", "b@example.com"};
  channel.smtp.host = "mail.example.com";
  return channel;
}

delivery formed(channel_type type) { return form(hostile_message(), channel_of(type), look(), at(5)); }

void expect_one_line_headers(const delivery& made) {
  for (const auto& header : made.headers) {
    EXPECT_EQ(header.find_first_of("\r\n"), std::string::npos) << header;
  }
}

TEST(Form, OfEveryWebhookIsJsonThatNoHostNameCanBreak) {
  for (const auto type :
       {channel_type::webhook, channel_type::slack, channel_type::teams, channel_type::discord}) {
    const auto made = formed(type);
    EXPECT_TRUE(nlohmann::json::accept(made.body)) << made.body;
    EXPECT_THAT(made.headers, Contains(StartsWith("Idempotency-Key: aaaaaaaa-0000-4000-8000-00000000000a/")));
    expect_one_line_headers(made);
  }
}

TEST(Form, OfAWebhookIsSigned) {
  auto channel = channel_of(channel_type::webhook);
  channel.secret = "whisper";
  const auto made = form(hostile_message(), channel, look(), at(5));
  const auto seconds = std::to_string(to_int(at(5)) / 1000);
  EXPECT_THAT(made.headers, Contains("X-Atlas-Signature: t=" + seconds +
                                     ",v1=" + hmac_sha256_hex("whisper", seconds + "." + made.body)));
  // RFC 4231, test case 2.
  EXPECT_EQ(hmac_sha256_hex("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Form, MentionsNobodyAtSlackAndDiscord) {
  EXPECT_THAT(formed(channel_type::slack).body, Not(HasSubstr("<!channel>")));
  const auto discord = nlohmann::json::parse(formed(channel_type::discord).body);
  EXPECT_TRUE(discord["allowed_mentions"]["parse"].empty());
  EXPECT_THAT(discord["embeds"][0]["description"].get<std::string>(), Not(HasSubstr("[l](")));
}

TEST(Form, OfNtfyHasATitleOfOneLine) {
  const auto made = formed(channel_type::ntfy);
  expect_one_line_headers(made);
  EXPECT_THAT(made.headers, Contains("Priority: 5"));
}

// What stands before the body of a mail, by name.
std::string header_of(const std::string& mail, const std::string& name) {
  const auto head = mail.substr(0, mail.find("\r\n\r\n") + 2);
  std::smatch found;
  const std::regex line("(?:^|\r\n)" + name + ": ([^\r]*(?:\r\n [^\r]*)*)\r\n");
  return std::regex_search(head, found, line) ? found[1].str() : "";
}

TEST(Form, OfAMailHasNoHeaderThatWasNotMeant) {
  const auto made = formed(channel_type::email);
  EXPECT_EQ(header_of(made.body, "Bcc"), "");
  EXPECT_EQ(header_of(made.body, "X"), "");
  EXPECT_EQ(header_of(made.body, "To"), "<a@example.com>,\r\n <b@example.com>");
  EXPECT_EQ(header_of(made.body, "Message-ID"), "<20261125T091403Z-7.2.c.aaaaaaaa@example.com>");
  EXPECT_EQ(header_of(made.body, "In-Reply-To"), "<20261125T091403Z-7.1.c.aaaaaaaa@example.com>");
  for (std::size_t begin = 0; begin < made.body.size();) {
    const auto end = made.body.find("\r\n", begin);
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end - begin, 200U);
    begin = end + 2;
  }
  EXPECT_TRUE(made.envelope->encrypted);
}

TEST(Form, OfAMailsPageEscapesEverything) {
  auto sent = hostile_message();
  auto channel = channel_of(channel_type::email);
  const auto made = form_email(sent, channel, look());
  EXPECT_THAT(made.body, HasSubstr("multipart/alternative"));
  channel.templates.subject = "{{organization}}: {{title}}\r\nBcc: all@example.com";
  EXPECT_EQ(header_of(form_email(sent, channel, look()).body, "Bcc"), "");
}

TEST(Form, FollowsTemplatesOfTheChannelBeforeThoseOfTheOrganisation) {
  auto channel = channel_of(channel_type::webhook);
  auto its_look = look();
  its_look.templates = {"common {{severity}}", "t"};
  auto made = nlohmann::json::parse(form(hostile_message(), channel, its_look, at(5)).body);
  EXPECT_EQ(made["title"], "common critical");
  channel.templates.subject = "own {{count}}";
  made = nlohmann::json::parse(form(hostile_message(), channel, its_look, at(5)).body);
  EXPECT_EQ(made["title"], "own 2");
}

TEST(EncodedWords, AreShortAndEndBetweenCharacters) {
  EXPECT_EQ(encoded_words("web-1: cpu at 97", "\r\n "), "web-1: cpu at 97");
  std::string text;
  for (int i = 0; i < 30; ++i) text += "ä€";
  const auto words = encoded_words(text, "\r\n ");
  for (std::size_t begin = 0; begin < words.size();) {
    const auto end = std::min(words.find("\r\n ", begin), words.size());
    EXPECT_LE(end - begin, 75U);
    begin = end + 3;
  }
}

}  // namespace
}  // namespace atlas::notify
