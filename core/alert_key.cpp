#include "core/alert_key.hpp"

#include <optional>

#include <fmt/format.h>

namespace atlas {

namespace {

constexpr std::string_view upper_hex = "0123456789ABCDEF";

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

std::string percent_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += upper_hex[byte >> 4];
      out += upper_hex[byte & 15];
    }
  }
  return out;
}

// The reverse of percent_encode() and of nothing else, so that an instance has one spelling.
std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const auto high = i + 2 < text.size() ? upper_hex.find(text[i + 1]) : std::string_view::npos;
    const auto low = i + 2 < text.size() ? upper_hex.find(text[i + 2]) : std::string_view::npos;
    if (high == std::string_view::npos || low == std::string_view::npos) {
      return std::nullopt;
    }
    out += static_cast<char>(high << 4 | low);
    i += 2;
  }
  return percent_encode(out) == text ? std::optional(out) : std::nullopt;
}

}  // namespace

const host_id& organisation_host() {
  static const host_id name = *host_id::parse("_");
  return name;
}

std::string alert_key::topic_level() const {
  std::string out(to_string(rule));
  if (!instance.empty()) {
    out += ':';
    out += percent_encode(instance);
  }
  return out;
}

result<alert_key> alert_key::parse(const host_id& host, std::string_view topic_level) {
  const auto colon = topic_level.find(':');
  const auto rule = parse_alert_rule(topic_level.substr(0, colon));
  if (!rule) {
    return failure("alert", fmt::format("has an unknown rule: expected one of {}", alert_rule_names()));
  }
  const bool names_one = colon != std::string_view::npos;
  const auto instance = percent_decode(names_one ? topic_level.substr(colon + 1) : std::string_view{});
  const bool needs_one = has_instance(*rule);
  if (!instance || names_one != needs_one || instance->empty() == needs_one ||
      instance->size() > alert_key::max_instance) {
    return failure("alert",
                   "has a wrong instance: that of a mount, sensor or interface stands behind a colon, "
                   "percent-encoded, and the other rules have none");
  }
  return alert_key{host, *rule, *instance};
}

std::string alert_key::id() const { return fmt::format("{}:{}", host.text(), topic_level()); }

result<alert_key> alert_key::parse_id(std::string_view id) {
  const auto colon = id.find(':');
  const auto host = host_id::parse(id.substr(0, colon));
  if (!host || colon == std::string_view::npos) {
    return failure("alert", "has no id of the form <host>:<rule>, as web-1:cpu or web-1:disk:%2F");
  }
  return parse(*host, id.substr(colon + 1));
}

}  // namespace atlas
