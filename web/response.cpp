#include "web/response.hpp"

#include <array>
#include <ctime>

#include <fmt/format.h>

namespace atlas::web {

namespace {

// RFC 9110 section 5.6.7, without the process's locale.
void append_date(std::string& out) {
  static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  fmt::format_to(std::back_inserter(out), "Date: {}, {:02} {} {} {:02}:{:02}:{:02} GMT\r\n",
                 days.at(static_cast<std::size_t>(utc.tm_wday)), utc.tm_mday,
                 months.at(static_cast<std::size_t>(utc.tm_mon)), utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
                 utc.tm_sec);
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) {
    return;
  }
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

}  // namespace

std::string_view reason_phrase(unsigned status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 204: return "No Content";
    case 302: return "Found";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 426: return "Upgrade Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Status";
  }
}

response json_response(std::string body, unsigned status) {
  response made;
  made.status = status;
  made.content_type = "application/json";
  made.text = std::move(body);
  return made;
}

response no_content() {
  response made;
  made.status = 204;
  return made;
}

std::string response_head(const response& value, const head_options& options) {
  std::string head;
  head.reserve(768);
  fmt::format_to(std::back_inserter(head), "HTTP/1.1 {} {}\r\n", value.status, reason_phrase(value.status));
  append_date(head);
  if (value.status != 204 && value.status != 304) {
    fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n", value.body().size());
  }
  if (!value.content_type.empty()) {
    append_header(head, "Content-Type", value.content_type);
  }
  append_header(head, "Cache-Control", value.cache_control);
  for (const auto& [name, text] : value.headers) {
    append_header(head, name, text);
  }
  append_header(head, "Content-Security-Policy", options.content_security_policy);
  head +=
      "X-Content-Type-Options: nosniff\r\n"
      "Referrer-Policy: no-referrer\r\n"
      "X-Frame-Options: DENY\r\n"
      "Cross-Origin-Resource-Policy: same-origin\r\n";
  if (options.is_encrypted) {
    head += "Strict-Transport-Security: max-age=31536000\r\n";
  }
  head += options.keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return head;
}

}  // namespace atlas::web
