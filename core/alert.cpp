#include "core/alert.hpp"

#include "core/json_object.hpp"
#include "core/json_text.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace atlas {

namespace {

constexpr std::size_t max_alert_bytes = 4096;
constexpr std::size_t max_instance = 256;
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

template <class Enum, class Values>
std::optional<Enum> parse_enum(std::string_view text, const Values& values) {
  for (const Enum value : values) {
    if (text == to_string(value)) {
      return value;
    }
  }
  return std::nullopt;
}

constexpr std::array all_severities{alert_severity::warning, alert_severity::critical};

alert_step begin_hold(const threshold& rule, unix_ms at) {
  if (rule.hold <= milliseconds::zero()) {
    return {{alert_phase::firing, at}, alert_change::fired};
  }
  return {{alert_phase::pending, at}, alert_change::none};
}

std::string_view published_state(alert_phase phase) {
  return phase == alert_phase::firing ? "firing" : "resolved";
}

}  // namespace

alert_step advance(alert_state state, const threshold& rule, double value, unix_ms at) {
  const bool raised = value >= rule.raise_at;  // false for NaN
  switch (state.phase) {
    case alert_phase::ok: return raised ? begin_hold(rule, at) : alert_step{state};
    case alert_phase::pending:
      if (!raised) {
        return {{alert_phase::ok, at}};
      }
      if (at < state.since) {  // the clock was set back: only time that has been seen to pass counts
        return begin_hold(rule, at);
      }
      if (at - state.since >= rule.hold) {
        return {{alert_phase::firing, at}, alert_change::fired};
      }
      return {state};
    case alert_phase::firing:
      if (value < rule.clear_below) {
        return {{alert_phase::ok, at}, alert_change::resolved};
      }
      return {state};
  }
  return {state};
}

std::string_view to_string(alert_rule rule) {
  switch (rule) {
    case alert_rule::cpu: return "cpu";
    case alert_rule::memory: return "memory";
    case alert_rule::disk: return "disk";
    case alert_rule::offline: return "offline";
    case alert_rule::duplicate: return "duplicate";
    case alert_rule::isolation: return "isolation";
  }
  return "";
}

std::string_view to_string(alert_phase phase) {
  switch (phase) {
    case alert_phase::ok: return "ok";
    case alert_phase::pending: return "pending";
    case alert_phase::firing: return "firing";
  }
  return "";
}

std::string_view to_string(alert_severity severity) {
  switch (severity) {
    case alert_severity::warning: return "warning";
    case alert_severity::critical: return "critical";
  }
  return "";
}

alert_severity severity_of(alert_rule rule) {
  switch (rule) {
    case alert_rule::cpu:
    case alert_rule::memory:
    case alert_rule::duplicate: return alert_severity::warning;
    case alert_rule::disk:
    case alert_rule::offline:
    case alert_rule::isolation: return alert_severity::critical;
  }
  return alert_severity::critical;
}

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
  const auto rule = parse_enum<alert_rule>(topic_level.substr(0, colon), all_alert_rules);
  if (!rule) {
    return failure("alert",
                   "has an unknown rule: expected one of cpu, memory, disk, offline, duplicate, isolation");
  }
  const bool has_instance = colon != std::string_view::npos;
  const auto instance = percent_decode(has_instance ? topic_level.substr(colon + 1) : std::string_view{});
  const bool needs_instance = *rule == alert_rule::disk;
  if (!instance || has_instance != needs_instance || instance->empty() == needs_instance ||
      instance->size() > max_instance) {
    return failure("alert",
                   "has a wrong instance: disk has its mount, percent-encoded, the others have none");
  }
  return alert_key{host, *rule, *instance};
}

std::string alert_key::id() const { return fmt::format("{}:{}", host.text(), topic_level()); }

std::string format_alert(const alert& value) {
  std::string out = R"({"id":)";
  append_json_string(out, value.key.id());
  out += R"(,"host":)";
  append_json_string(out, value.key.host.text());
  out += R"(,"rule":)";
  append_json_string(out, to_string(value.key.rule));
  out += R"(,"instance":)";
  append_json_string(out, value.key.instance);
  out += R"(,"severity":)";
  append_json_string(out, to_string(value.severity));
  out += R"(,"state":)";
  append_json_string(out, published_state(value.phase));
  out += R"(,"value":)";
  append_json_number(out, value.value);
  out += R"(,"threshold":)";
  append_json_number(out, value.threshold);
  out += R"(,"since":)";
  append_json_integer(out, static_cast<std::int64_t>(to_int(value.since)));
  out += '}';
  return out;
}

result<alert> parse_alert(std::string_view payload) {
  json_object object(payload, max_alert_bytes);
  for (const auto* name : {"host", "rule", "severity", "state", "value", "threshold", "since"}) {
    object.require(name);
  }
  const auto host = host_id::parse(object.text("host", host_id::max_size));
  if (!host) {
    object.add_mistake("host", host.error().what);
  }
  const auto rule = parse_enum<alert_rule>(object.text("rule", max_instance), all_alert_rules);
  if (!rule) {
    object.add_mistake("rule", "must be cpu, memory, disk, offline, duplicate or isolation");
  }
  const auto severity = parse_enum<alert_severity>(object.text("severity", max_instance), all_severities);
  if (!severity) {
    object.add_mistake("severity", "must be warning or critical");
  }
  const auto state = object.text("state", max_instance);
  if (state != "firing" && state != "resolved") {
    object.add_mistake("state", "must be firing or resolved");
  }
  auto instance = object.text("instance", max_instance);
  if (rule && instance.empty() == (*rule == alert_rule::disk)) {
    object.add_mistake("instance", "must be the mount for disk, and empty for the other rules");
  }
  const auto value = object.number("value");
  const auto level = object.number("threshold");
  const auto since = object.time("since");
  if (object.mistake()) {
    return tl::unexpected(*object.mistake());
  }
  const auto phase = state == "firing" ? alert_phase::firing : alert_phase::ok;
  return alert{{*host, *rule, std::move(instance)}, *severity, phase, value, level, since};
}

}  // namespace atlas
