#include "broker/listener.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include <arpa/inet.h>

namespace atlas::broker {

namespace {

constexpr std::string_view scheme = "mqtts://";

tl::unexpected<error> bad_url(std::string_view url, std::string_view why) {
  return failure("broker.url", "\"" + std::string(url) + "\" " + std::string(why) +
                                   "; write it as mqtts://host:port, for example mqtts://localhost:8883");
}

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

bool is_ip_address(std::string_view text) {
  const std::string name(text);
  in6_addr address{};
  return inet_pton(AF_INET, name.c_str(), &address) == 1 || inet_pton(AF_INET6, name.c_str(), &address) == 1;
}

bool is_dns_name(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  std::size_t label = 0;
  for (const char c : text) {
    if (c == '.') {
      if (label == 0) return false;
      label = 0;
    } else if (!is_letter_or_digit(c) && c != '-') {
      return false;
    } else if (++label > 63) {
      return false;
    }
  }
  return label != 0;
}

std::string listener_address::text() const {
  const bool brackets = host.find(':') != std::string::npos;
  return (brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

bool listener_address::is_local() const {
  if (host == "localhost" || host == "::1") return true;
  return host.starts_with("127.") && is_ip_address(host);
}

result<listener_address> parse_broker_url(std::string_view url) {
  if (url.starts_with("mqtt://")) {
    return bad_url(url, "is without TLS, which this broker does not offer");
  }
  if (!url.starts_with(scheme)) return bad_url(url, "is not a broker's address");
  auto rest = url.substr(scheme.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);

  std::string_view host = rest;
  std::string_view port;
  bool has_port = false;
  if (rest.starts_with('[')) {
    const auto end = rest.find(']');
    if (end == std::string_view::npos) return bad_url(url, "lacks a closing bracket");
    host = rest.substr(1, end - 1);
    const auto after = rest.substr(end + 1);
    if (!after.empty() && after.front() != ':') return bad_url(url, "has something after the bracket");
    has_port = !after.empty();
    port = has_port ? after.substr(1) : after;
  } else if (const auto colon = rest.find(':'); colon != std::string_view::npos) {
    host = rest.substr(0, colon);
    port = rest.substr(colon + 1);
    has_port = true;
  }

  listener_address address;
  address.host = std::string(host);
  std::transform(address.host.begin(), address.host.end(), address.host.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const bool bracketed = rest.starts_with('[');
  if (bracketed ? !is_ip_address(host) : !is_ip_address(host) && !is_dns_name(host)) {
    return bad_url(url, "has no valid host name");
  }
  if (has_port) {
    const auto [end, code] = std::from_chars(port.data(), port.data() + port.size(), address.port);
    if (code != std::errc{} || end != port.data() + port.size() || address.port == 0) {
      return bad_url(url, "has a port that is not between 1 and 65535");
    }
  }
  return address;
}

}  // namespace atlas::broker
