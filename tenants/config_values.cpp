#include "tenants/config_values.hpp"

#include "core/message_template.hpp"
#include "tenants/recurrence.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>

#include <fmt/format.h>

namespace atlas::tenants {

namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
bool is_blank_or_control(char c) { return c == ' ' || is_control(c); }

bool is_address_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '_';
}

bool is_host_name(std::string_view text) {
  return !text.empty() && text.size() <= 253 && std::all_of(text.begin(), text.end(), is_address_character) &&
         text.front() != '-';
}

bool is_ipv6_like(std::string_view text) {
  return text.find(':') != std::string_view::npos && std::all_of(text.begin(), text.end(), [](char c) {
           return std::isxdigit(static_cast<unsigned char>(c)) != 0 || c == ':' || c == '.';
         });
}

std::string accept_line(std::string_view text, std::size_t max_bytes) {
  const bool blank = std::all_of(text.begin(), text.end(), is_blank_or_control);
  if (blank || text.size() > max_bytes || std::any_of(text.begin(), text.end(), is_control)) {
    return fmt::format("must be one line of 1 to {} characters", max_bytes);
  }
  return {};
}

char to_lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

bool is_port(std::string_view text) {
  std::uint32_t port = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
  return problem == std::errc{} && end == text.data() + text.size() && port >= 1 && port <= 65'535;
}

// "host", "host:port", "[address]:port"
bool is_host_and_port(std::string_view text) {
  std::string_view host;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return false;
    host = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    if (!is_ipv6_like(host)) return false;
  } else {
    host = text.substr(0, text.find(':'));
    text.remove_prefix(host.size());
    if (!is_host_name(host)) return false;
  }
  return text.empty() || (text.starts_with(':') && is_port(text.substr(1)));
}

// An image as a data URL (RFC 2397) that is what it says to be, by how its bytes begin. An SVG image may say
// anything: browsers run nothing in what an <img> shows.
bool is_image_data(std::string_view url) {
  struct image_format {
    std::string_view media_type;
    std::string_view first_bytes;  // in base64
  };
  constexpr std::array formats{image_format{"png;base64,", "iVBORw0KGgo"},
                               image_format{"jpeg;base64,", "/9j/"}, image_format{"gif;base64,", "R0lGOD"},
                               image_format{"webp;base64,", "UklGR"}, image_format{"svg+xml", ""}};
  constexpr std::string_view scheme = "data:image/";
  if (!url.starts_with(scheme)) return false;
  url.remove_prefix(scheme.size());
  return std::any_of(formats.begin(), formats.end(), [&](const image_format& one) {
    return url.starts_with(one.media_type) && url.substr(one.media_type.size()).starts_with(one.first_bytes);
  });
}

}  // namespace

std::string accept_name(std::string& text) { return accept_line(text, 100); }
std::string accept_title(std::string& text) { return accept_line(text, 100); }

std::string accept_contact(std::string& text) {
  if (text.empty()) return {};
  const auto at = text.find('@');
  const bool good = at != std::string::npos && at > 0 && at + 1 < text.size() && text.rfind('@') == at &&
                    text.size() <= 254 && std::none_of(text.begin(), text.end(), is_blank_or_control);
  return good ? std::string() : "must be an e-mail address, as admin@example.com, or empty";
}

std::string accept_address(std::string& text) {
  if (is_host_name(text) || is_ipv6_like(text)) return {};
  return "must be an address or a host name, as 127.0.0.1, 0.0.0.0 (every interface) or ::1";
}

std::string accept_server_url(std::string& text) {
  while (text.ends_with('/')) text.pop_back();
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (text.starts_with(scheme) && is_host_and_port(std::string_view(text).substr(scheme.size()))) return {};
  }
  return "must be https://HOST or https://HOST:PORT";
}

std::string accept_broker_url(std::string& text) {
  constexpr std::string_view scheme = "mqtts://";
  if (text.starts_with("mqtt://")) {
    return "must be mqtts://HOST:PORT: agents and broker speak TLS only";
  }
  if (!text.starts_with(scheme) || !is_host_and_port(std::string_view(text).substr(scheme.size()))) {
    return "must be mqtts://HOST or mqtts://HOST:PORT";
  }
  return {};
}

std::string accept_color(std::string& text) {
  const bool good = (text.size() == 4 || text.size() == 7) && text.front() == '#' &&
                    std::all_of(text.begin() + 1, text.end(),
                                [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; });
  if (!good) return "must be a colour, as #00ff00 or #0f0";
  std::transform(text.begin(), text.end(), text.begin(), to_lower);
  if (text.size() == 4) {
    text = {'#', text[1], text[1], text[2], text[2], text[3], text[3]};
  }
  return {};
}

std::string accept_logo_url(std::string& text) {
  constexpr std::size_t max_bytes = 1 << 17;
  const std::string_view url = text;
  const bool known = url.starts_with("https://") || url.starts_with("http://") ||
                     is_image_data(url) || (url.starts_with('/') && !url.starts_with("//"));
  const bool clean = std::none_of(url.begin(), url.end(), [](char c) {
    return is_blank_or_control(c) || c == '"' || c == '<' || c == '>' || c == '\\';
  });
  if (known && clean && url.size() <= max_bytes) return {};
  return fmt::format(
      "must begin with https://, http:// or /, or be a PNG, JPEG, GIF, WebP or SVG image as a data URL, "
      "without blanks, of at most {} KiB",
      max_bytes / 1024);
}

std::string accept_path(std::string& text) {
  const bool good = text.starts_with('/') && text.size() < 4096 && text.find('\0') == std::string::npos;
  return good ? std::string() : "must be the absolute path of a file";
}

std::string accept_time_zone(std::string& text) {
  return is_time_zone(text) ? std::string() : R"(must be a time zone such as "UTC" or "Europe/Berlin")";
}

std::string accept_store(std::string& text) {
  return text == "sqlite" || text == "memory" ? std::string() : R"(must be "sqlite" or "memory")";
}

std::string accept_template(std::string& text) {
  const auto good = check_template(text);
  return good ? std::string() : good.error().what;
}

std::string accept_notify_url(std::string& text) {
  constexpr std::size_t max_bytes = 2'000;
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!text.starts_with(scheme) || text.size() > max_bytes) continue;
    const auto rest = std::string_view(text).substr(scheme.size());
    const auto authority = rest.substr(0, rest.find_first_of("/?"));
    const bool clean = std::none_of(text.begin(), text.end(), [](char c) {
      return is_blank_or_control(c) || static_cast<unsigned char>(c) >= 0x80 || c == '#' || c == '\\';
    });
    if (clean && is_host_and_port(authority)) return {};
  }
  return "must be https://HOST[:PORT]/PATH, or http:// in the same form, without user, password or fragment";
}

// What may stand between the angle brackets of a mail's envelope and header.
std::string accept_mail_address(std::string& text) {
  const auto at = text.rfind('@');
  const bool good = at != std::string::npos && at > 0 && text.size() <= 254 &&
                    is_host_name(std::string_view(text).substr(at + 1)) &&
                    std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), [](char c) {
                      return is_address_character(c) ||
                             std::string_view("+=!#$%&'*/?^`{|}~").find(c) != std::string_view::npos;
                    });
  return good ? std::string() : "must be an e-mail address, as ops@example.com";
}

}  // namespace atlas::tenants
