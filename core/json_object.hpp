#pragma once

#include "core/error.hpp"
#include "core/unix_time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace atlas {

// The members of one small JSON object from the network, read by name and type. An absent or null member
// gives the default. The first mistake is kept, with its JSON pointer, so that a reader can take all members
// first and ask once.
class json_object {
 public:
  // A payload over `max_bytes`, of invalid UTF-8 or JSON, or of another JSON type reads as a mistake.
  json_object(std::string_view payload, std::size_t max_bytes);

  bool has(std::string_view name) const;
  // Whether it stands there as null.
  bool is_null(std::string_view name) const;
  // As has(), and its absence is a mistake.
  bool require(std::string_view name);

  std::string text(std::string_view name, std::size_t max_bytes);
  std::vector<std::string> texts(std::string_view name, std::size_t max_elements, std::size_t max_bytes);
  // A whole number from 0 to 2^63, also written as 1.0.
  std::uint64_t whole(std::string_view name);
  // A list of pairs of such numbers, [[1,2],[5,5]].
  std::vector<std::pair<std::uint64_t, std::uint64_t>> pairs(std::string_view name, std::size_t max_elements);
  // A list of objects; their mistakes are their own.
  std::vector<json_object> objects(std::string_view name, std::size_t max_elements);
  // True or false.
  bool truth(std::string_view name);
  // A finite number.
  double number(std::string_view name);
  // Milliseconds between the years 2000 and 2100.
  unix_ms time(std::string_view name);

  void add_mistake(std::string_view name, std::string what);
  const std::optional<error>& mistake() const { return mistake_; }

 private:
  explicit json_object(nlohmann::json value) : value_(std::move(value)) {}
  // Nothing when it is absent or null.
  const nlohmann::json* find(std::string_view name) const;

  nlohmann::json value_;
  std::optional<error> mistake_;
};

}  // namespace atlas
