#include "core/topic.hpp"

#include <algorithm>
#include <array>

namespace atlas {

namespace {

constexpr std::array all_channels{host_channel::metrics, host_channel::info, host_channel::status,
                                  host_channel::config,  host_channel::ack,  host_channel::cmd,
                                  host_channel::reply};
constexpr std::string_view root = "org/";
constexpr std::size_t org_size = 36;
constexpr std::size_t max_rule_size = 1024;  // "disk:" and 256 bytes, each percent-encoded

std::optional<host_channel> parse_channel(std::string_view text) {
  for (const host_channel channel : all_channels) {
    if (text == to_string(channel)) {
      return channel;
    }
  }
  return std::nullopt;
}

// Unreserved characters of RFC 3986, percent-encoding, and the colon before the instance.
bool is_rule_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~%:").find(c) != std::string_view::npos;
}

bool is_rule(std::string_view text) {
  return !text.empty() && text.size() <= max_rule_size &&
         std::all_of(text.begin(), text.end(), is_rule_character);
}

struct id_and_rest {
  host_id host;
  std::string_view rest;
};

// "<host>/<rest>"
std::optional<id_and_rest> split_host(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos || slash > host_id::max_size) {
    return std::nullopt;
  }
  const auto name = text.substr(0, slash);
  if (!host_id::is_valid(name)) {
    return std::nullopt;
  }
  return id_and_rest{*host_id::parse(name), text.substr(slash + 1)};
}

// What follows "org/<org>/host/".
std::optional<host_topic> parse_host_levels(const org_id& org, std::string_view levels) {
  const auto parts = split_host(levels);
  const auto channel = parts ? parse_channel(parts->rest) : std::nullopt;
  if (!channel) {
    return std::nullopt;
  }
  return host_topic{org, parts->host, *channel};
}

// Takes `prefix` off the front of `text`, if it is there.
bool consume(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) {
    return false;
  }
  text.remove_prefix(prefix.size());
  return true;
}

std::string start_of(const org_id& org, std::string_view branch) {
  std::string text(root);
  text += org.text();
  text += branch;
  return text;
}

struct formatter {
  std::string operator()(const host_topic& value) const {
    auto text = start_of(value.org, "/host/");
    text += value.host.text();
    text += '/';
    text += to_string(value.channel);
    return text;
  }
  std::string operator()(const alert_topic& value) const {
    auto text = start_of(value.org, "/alerts/");
    text += value.host.text();
    text += '/';
    text += value.rule;
    return text;
  }
  std::string operator()(const summary_topic& value) const { return start_of(value.org, "/summary"); }
  std::string operator()(const guard_topic& value) const { return start_of(value.org, "/guard"); }
};

}  // namespace

std::string_view to_string(host_channel channel) {
  switch (channel) {
    case host_channel::metrics: return "metrics";
    case host_channel::info: return "info";
    case host_channel::status: return "status";
    case host_channel::config: return "config";
    case host_channel::ack: return "ack";
    case host_channel::cmd: return "cmd";
    case host_channel::reply: return "reply";
  }
  return "";
}

result<topic> parse_topic(std::string_view text) {
  auto rest = text;
  if (!consume(rest, root)) {
    return failure("topic", "does not begin with org/");
  }
  const auto org = org_id::parse(rest.substr(0, org_size));
  if (!org) {
    return failure("topic", "names no organization: its second level must be a version 4 UUID in lower case");
  }
  rest.remove_prefix(org_size);
  if (rest == "/summary") {
    return summary_topic{*org};
  }
  if (rest == "/guard") {
    return guard_topic{*org};
  }
  if (consume(rest, "/host/")) {
    if (const auto parsed = parse_host_levels(*org, rest)) {
      return *parsed;
    }
    return failure("topic", "is no host topic: expected org/<uuid>/host/<id>/<channel>");
  }
  if (consume(rest, "/alerts/")) {
    const auto parts = split_host(rest);
    if (parts && is_rule(parts->rest)) {
      return alert_topic{*org, parts->host, std::string(parts->rest)};
    }
    return failure("topic", "is no alert topic: expected org/<uuid>/alerts/<id>/<rule>");
  }
  return failure("topic", "has an unknown third level: expected host, alerts, summary or guard");
}

std::optional<host_topic> parse_host_topic(const org_id& org, std::string_view text) {
  if (!consume(text, root) || !consume(text, org.text()) || !consume(text, "/host/")) {
    return std::nullopt;
  }
  return parse_host_levels(org, text);
}

std::string format_topic(const topic& value) { return std::visit(formatter{}, value); }

}  // namespace atlas
