#include "core/alert.hpp"

#include "core/json_object.hpp"
#include "core/json_text.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>

namespace atlas {

namespace {

constexpr std::size_t max_alert_bytes = 4096;
constexpr std::size_t max_name = 256;

std::string_view published_state(alert_phase phase) {
  return phase == alert_phase::ok ? "resolved" : to_string(phase);
}

std::optional<alert_phase> parse_published_state(std::string_view text) {
  for (const auto phase : {alert_phase::firing, alert_phase::acknowledged, alert_phase::ok}) {
    if (text == published_state(phase)) {
      return phase;
    }
  }
  return std::nullopt;
}

}  // namespace

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
  if (value.flapping) {
    out += R"(,"flapping":true)";
  }
  if (value.silenced) {
    out += R"(,"silenced":true)";
  }
  if (value.phase == alert_phase::acknowledged) {
    out += R"(,"acknowledged_by":)";
    append_json_string(out, value.acknowledged_by);
    out += R"(,"acknowledged_at":)";
    append_json_integer(out, static_cast<std::int64_t>(to_int(value.acknowledged_at)));
  }
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
  const auto rule = parse_alert_rule(object.text("rule", alert_key::max_instance));
  if (!rule) {
    object.add_mistake("rule", fmt::format("must be one of {}", alert_rule_names()));
  }
  const auto severity = parse_alert_severity(object.text("severity", alert_key::max_instance));
  if (!severity) {
    object.add_mistake("severity", "must be warning or critical");
  }
  const auto phase = parse_published_state(object.text("state", alert_key::max_instance));
  if (!phase) {
    object.add_mistake("state", "must be firing, acknowledged or resolved");
  }
  auto instance = object.text("instance", alert_key::max_instance);
  if (rule && instance.empty() == has_instance(*rule)) {
    object.add_mistake("instance", "must name the mount, sensor or interface, and be empty for other rules");
  }
  const auto value = object.number("value");
  const auto level = object.number("threshold");
  const auto since = object.time("since");
  const bool flapping = object.truth("flapping");
  const bool silenced = object.truth("silenced");
  auto by = object.text("acknowledged_by", max_name);
  const auto when = object.time("acknowledged_at");
  if (object.mistake()) {
    return tl::unexpected(*object.mistake());
  }
  return alert{{*host, *rule, std::move(instance)},
               *severity,
               *phase,
               value,
               level,
               since,
               alert_change::none,
               flapping,
               silenced,
               std::move(by),
               when};
}

}  // namespace atlas
