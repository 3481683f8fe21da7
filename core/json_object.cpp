#include "core/json_object.hpp"

#include "core/sample_range.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace atlas {

namespace {

std::optional<std::uint64_t> to_whole(const nlohmann::json& value) {
  if (value.is_number_unsigned() && value.get<std::uint64_t>() <= max_size_value) {
    return value.get<std::uint64_t>();
  }
  if (value.is_number_float()) {
    const auto number = value.get<double>();
    if (number >= 0 && number <= static_cast<double>(max_size_value) && number == std::floor(number)) {
      return static_cast<std::uint64_t>(number);
    }
  }
  return std::nullopt;
}

}  // namespace

json_object::json_object(std::string_view payload, std::size_t max_bytes) : value_(nlohmann::json::object()) {
  if (payload.size() > max_bytes) {
    mistake_ = error{"/", fmt::format("is larger than {} bytes", max_bytes)};
    return;
  }
  auto value = nlohmann::json::parse(payload.begin(), payload.end(), nullptr, false);
  if (value.is_discarded()) {
    mistake_ = error{"/", "is not JSON in UTF-8"};
  } else if (!value.is_object()) {
    mistake_ = error{"/", "must be an object"};
  } else {
    value_ = std::move(value);
  }
}

const nlohmann::json* json_object::find(std::string_view name) const {
  const auto found = value_.find(name);
  return found == value_.end() || found->is_null() ? nullptr : &*found;
}

bool json_object::has(std::string_view name) const { return find(name) != nullptr; }

bool json_object::is_null(std::string_view name) const {
  const auto found = value_.find(name);
  return found != value_.end() && found->is_null();
}

bool json_object::require(std::string_view name) {
  if (!has(name)) {
    add_mistake(name, "is missing");
  }
  return has(name);
}

std::string json_object::text(std::string_view name, std::size_t max_bytes) {
  const auto* member = find(name);
  if (member == nullptr) {
    return {};
  }
  if (!member->is_string() || member->get_ref<const std::string&>().size() > max_bytes) {
    add_mistake(name, fmt::format("must be a text of at most {} bytes", max_bytes));
    return {};
  }
  return member->get<std::string>();
}

std::vector<std::string> json_object::texts(std::string_view name, std::size_t max_elements,
                                            std::size_t max_bytes) {
  const auto* member = find(name);
  std::vector<std::string> values;
  if (member == nullptr) {
    return values;
  }
  if (!member->is_array() || member->size() > max_elements) {
    add_mistake(name, fmt::format("must be a list of at most {} texts", max_elements));
    return values;
  }
  for (const auto& element : *member) {
    if (!element.is_string() || element.get_ref<const std::string&>().size() > max_bytes) {
      add_mistake(fmt::format("{}/{}", name, values.size()),
                  fmt::format("must be a text of at most {} bytes", max_bytes));
      return {};
    }
    values.push_back(element.get<std::string>());
  }
  return values;
}

std::uint64_t json_object::whole(std::string_view name) {
  const auto* member = find(name);
  if (member == nullptr) {
    return 0;
  }
  const auto value = to_whole(*member);
  if (!value) {
    add_mistake(name, "must be a whole number from 0 to 2^63");
  }
  return value.value_or(0);
}

std::vector<json_object> json_object::objects(std::string_view name, std::size_t max_elements) {
  const auto* member = find(name);
  std::vector<json_object> values;
  if (member == nullptr) {
    return values;
  }
  const bool fits = member->is_array() && member->size() <= max_elements &&
                    std::ranges::all_of(*member, [](const auto& element) { return element.is_object(); });
  if (!fits) {
    add_mistake(name, fmt::format("must be a list of at most {} objects", max_elements));
    return values;
  }
  for (const auto& element : *member) {
    values.push_back(json_object(element));
  }
  return values;
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> json_object::pairs(std::string_view name,
                                                                        std::size_t max_elements) {
  const auto* member = find(name);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> values;
  if (member == nullptr) {
    return values;
  }
  if (!member->is_array() || member->size() > max_elements) {
    add_mistake(name, fmt::format("must be a list of at most {} pairs", max_elements));
    return values;
  }
  for (const auto& element : *member) {
    const bool pair = element.is_array() && element.size() == 2;
    const auto first = pair ? to_whole(element[0]) : std::nullopt;
    const auto second = pair ? to_whole(element[1]) : std::nullopt;
    if (!first || !second) {
      add_mistake(fmt::format("{}/{}", name, values.size()), "must be two whole numbers from 0 to 2^63");
      return {};
    }
    values.emplace_back(*first, *second);
  }
  return values;
}

bool json_object::truth(std::string_view name) {
  const auto* member = find(name);
  if (member == nullptr) {
    return false;
  }
  if (!member->is_boolean()) {
    add_mistake(name, "must be true or false");
    return false;
  }
  return member->get<bool>();
}

double json_object::number(std::string_view name) {
  const auto* member = find(name);
  if (member == nullptr) {
    return 0;
  }
  if (!member->is_number() || !std::isfinite(member->get<double>())) {
    add_mistake(name, "must be a number");
    return 0;
  }
  return member->get<double>();
}

unix_ms json_object::time(std::string_view name) {
  if (!has(name)) {
    return {};
  }
  const auto value = whole(name);
  if (value < static_cast<std::uint64_t>(to_int(earliest_ts)) ||
      value > static_cast<std::uint64_t>(to_int(latest_ts))) {
    add_mistake(name, "must be milliseconds since 1970, between the years 2000 and 2100");
    return {};
  }
  return from_unix_ms(static_cast<std::int64_t>(value));
}

void json_object::add_mistake(std::string_view name, std::string what) {
  if (!mistake_) {
    mistake_ = error{fmt::format("/{}", name), std::move(what)};
  }
}

}  // namespace atlas
