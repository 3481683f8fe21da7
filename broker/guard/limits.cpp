#include "broker/guard/limits.hpp"

#include <cmath>
#include <optional>

#include <nlohmann/json.hpp>

namespace atlas::guard {

namespace {

using nlohmann::json;

std::optional<double> read_number(const json& object, std::string_view key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  const auto value = found->get<double>();
  return std::isfinite(value) && value >= 0 ? std::optional(value) : std::nullopt;
}

limits read_limits(const json& object) {
  limits one;
  if (const auto value = read_number(object, "host_messages")) one.host_messages = host_rate(*value);
  if (const auto value = read_number(object, "host_bytes")) one.host_bytes = host_rate(*value);
  if (const auto value = read_number(object, "messages")) one.messages = organisation_rate(*value);
  if (const auto value = read_number(object, "bytes")) one.bytes = organisation_rate(*value);
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
