#pragma once

#include "core/error.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atlas {

// What people write about a host, beside what its agent reports.
struct host_label {
  static constexpr std::size_t max_note = 4'000;  // bytes
  static constexpr std::size_t max_tag = 64;
  static constexpr std::size_t max_tags = 32;

  std::string note;               // lines of text
  std::vector<std::string> tags;  // none twice
  friend bool operator==(const host_label&, const host_label&) = default;
};

// What is to be another one.
struct host_label_change {
  std::optional<std::string> note;
  std::optional<std::vector<std::string>> tags;
};

// Refuses what is too long, not UTF-8 or has control characters; a tag that stands twice stands once then,
// and blanks around notes and tags go. `where` of an error is "note" or "tags".
result<void> check(host_label_change& change);

// `reported`, and those of `own` that are not among them.
std::vector<std::string> joined_tags(const std::vector<std::string>& reported,
                                     const std::vector<std::string>& own);

}  // namespace atlas
