#include "broker/guard/limits.hpp"

#include <cmath>
#include <optional>

#include <nlohmann/json.hpp>

namespace atlas::guard {

namespace {

using nlohmann::json;

constexpr double host_burst_seconds = 100;
constexpr double burst_seconds = 10;

std::optional<double> read_number(const json& object, std::string_view key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  const auto value = found->get<double>();
  return std::isfinite(value) && value >= 0 ? std::optional(value) : std::nullopt;
}

void read_rate(const json& object, std::string_view key, double seconds, rate_limit& limit) {
  if (const auto value = read_number(object, key)) limit = {*value, *value * seconds};
}

limits read_limits(const json& object) {
  limits one;
  read_rate(object, "host_messages", host_burst_seconds, one.host_messages);
  read_rate(object, "host_bytes", host_burst_seconds, one.host_bytes);
  read_rate(object, "messages", burst_seconds, one.messages);
  read_rate(object, "bytes", burst_seconds, one.bytes);
  constexpr double most_connections = 10'000'000;
  if (const auto value = read_number(object, "connections"); value && *value <= most_connections) {
    one.connections = static_cast<std::size_t>(*value);
  }
  return one;
}

}  // namespace

result<limits_by_org> parse_limits(std::string_view text) {
  const auto document = json::parse(text, nullptr, false);
  if (!document.is_object()) return failure("limits", "is no JSON object");
  limits_by_org all;
  for (const auto& [key, value] : document.items()) {
    const auto org = org_id::parse(key);
    if (!org || !value.is_object()) return failure("limits", "has an entry that is no organisation's");
    all.emplace(*org, read_limits(value));
  }
  return all;
}

}  // namespace atlas::guard
