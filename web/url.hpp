#pragma once

#include "core/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace atlas::web {

// %XX becomes the byte; nothing when an escape is broken. `plus_is_space` as in a query.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

// The parameters of a query, decoded, in their order.
class query_parameters {
 public:
  static constexpr std::size_t max_count = 64;
  // `where` of the error is the parameter's name as it was sent.
  static result<query_parameters> parse(std::string_view query);

  // The first of this name.
  std::optional<std::string_view> find(std::string_view name) const;
  std::vector<std::string_view> all(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> values_;
};

// A request target taken apart.
struct request_target {
  std::vector<std::string> segments;  // of the path, decoded after they were split; "/" is one empty segment
  query_parameters query;
};

// Takes the origin form ("/a/b?c=d") and the absolute form ("http://host/a/b?c=d"). Refuses broken escapes,
// control characters and dot segments, which no honest client sends: it resolves them itself.
result<request_target> parse_target(std::string_view target);

// "host:port" of an Origin or URL of http or https; nothing for anything else, such as "null".
std::optional<std::string_view> authority_of(std::string_view url);

}  // namespace atlas::web
