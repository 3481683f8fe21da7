// E-mail: HTML in the organisation's colours and plain text, one thread for each incident.
#include "core/sha256.hpp"
#include "notify/color.hpp"
#include "notify/encoded.hpp"
#include "notify/form.hpp"
#include "notify/mail_page.hpp"

#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace atlas::notify {

namespace {

constexpr std::size_t mail_columns = 76;
constexpr std::size_t boundary_size = 32;
constexpr std::size_t longest_sender_name = 42;  // bytes: one word of RFC 2047
constexpr std::string_view fold = "\r\n ";

// fmt would follow the locale; the names of a mail are English.
std::string date_of(unix_ms time) {
  static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto utc = fmt::gmtime(std::chrono::system_clock::to_time_t(time));
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000",
                     days.at(static_cast<std::size_t>(utc.tm_wday)), utc.tm_mday,
                     months.at(static_cast<std::size_t>(utc.tm_mon)), utc.tm_year + 1900, utc.tm_hour,
                     utc.tm_min, utc.tm_sec);
}

// What the planner makes has letters, digits and '-'; the channel's name has '.' and '_' too.
std::string message_id(const message& sent, std::uint32_t number, const notify_channel& channel,
                       const org_look& look) {
  return fmt::format("<{}.{}.{}.{}@{}>", sent.what.incident, number, channel.name, look.id.substr(0, 8),
                     channel.from.substr(channel.from.rfind('@') + 1));
}

std::string part(std::string_view boundary, std::string_view type, std::string_view text) {
  return fmt::format(
      "--{}\r\nContent-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n", boundary,
      type, base64(text, mail_columns));
}

std::string joined(const std::vector<std::string>& addresses) {
  std::string out;
  for (const auto& address : addresses) {
    out += (out.empty() ? "" : ",\r\n ") + std::string("<") + address + ">";
  }
  return out;
}

std::string headers_of(const message& sent, const notify_channel& channel, const org_look& look) {
  const auto subject = render_subject(sent, channel, look, escape_nothing);
  const auto root = message_id(sent, 1, channel, look);
  auto out = fmt::format("From: {} <{}>\r\nTo: {}\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: {}\r\n",
                         "=?UTF-8?B?" + base64(shortened(look.title, longest_sender_name)) + "?=", channel.from,
                         joined(channel.to), encoded_words(subject, fold), date_of(sent.what.at),
                         message_id(sent, sent.what.number, channel, look));
  if (sent.what.number > 1) {
    out += fmt::format("In-Reply-To: {0}\r\nReferences: {0}\r\n", root);
  }
  if (!sent.test && sent.what.kind != notice_kind::resolved &&
      sent.what.severity == alert_severity::critical) {
    out += "Importance: high\r\n";
  }
  return out +
         fmt::format("Auto-Submitted: auto-generated\r\nX-Atlas-Key: {}\r\nMIME-Version: 1.0\r\n", sent.key);
}

}  // namespace

delivery form_email(const message& sent, const notify_channel& channel, const org_look& look) {
  const auto& smtp = channel.smtp;
  delivery out;
  const bool is_ipv6 = smtp.host.find(':') != std::string::npos;
  out.url = fmt::format("{}://{}:{}", smtp.security == smtp_security::tls ? "smtps" : "smtp",
                        is_ipv6 ? '[' + smtp.host + ']' : smtp.host, smtp.port);
  out.ca_file = channel.ca_file;
  out.allow_local = channel.allow_local;
  out.envelope = delivery::mail{channel.from, channel.to, smtp.user, smtp.password,
                                smtp.security != smtp_security::none};
  const auto boundary = sha256_hex(sent.key).substr(0, boundary_size);
  out.body = headers_of(sent, channel, look) +
             fmt::format("Content-Type: multipart/alternative; boundary=\"{}\"\r\n\r\n", boundary) +
             part(boundary, "text/plain", render_text(sent, channel, look, escape_nothing)) +
             part(boundary, "text/html", render_mail_page(sent, channel, look)) +
             fmt::format("--{}--\r\n", boundary);
  return out;
}

}  // namespace atlas::notify
