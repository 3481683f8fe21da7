#include "core/host_label.hpp"

#include "core/clean_text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace atlas {

namespace {

bool is_clean(std::string_view line) { return clean_text(line, line.size()) == line; }

bool has_clean_lines(std::string_view text) {
  for (;;) {
    const auto end = text.find('\n');
    if (!is_clean(text.substr(0, end))) {
      return false;
    }
    if (end == std::string_view::npos) {
      return true;
    }
    text.remove_prefix(end + 1);
  }
}

void trim(std::string& text) {
  constexpr std::string_view blanks = " \n";
  text.erase(std::min(text.size(), text.find_last_not_of(blanks) + 1));
  text.erase(0, std::min(text.size(), text.find_first_not_of(blanks)));
}

void add_new(std::vector<std::string>& tags, const std::string& tag) {
  if (std::ranges::find(tags, tag) == tags.end()) {
    tags.push_back(tag);
  }
}

}  // namespace

result<void> check(host_label_change& change) {
  if (change.note) {
    trim(*change.note);
    if (change.note->size() > host_label::max_note || !has_clean_lines(*change.note)) {
      return failure("note", fmt::format("must be text of at most {} bytes", host_label::max_note));
    }
  }
  if (change.tags) {
    std::vector<std::string> tags;
    for (auto& tag : *change.tags) {
      trim(tag);
      if (tag.empty() || tag.size() > host_label::max_tag || !is_clean(tag)) {
        return failure("tags", fmt::format("must be texts of 1 to {} bytes", host_label::max_tag));
      }
      add_new(tags, tag);
    }
    if (tags.size() > host_label::max_tags) {
      return failure("tags", fmt::format("must be at most {}", host_label::max_tags));
    }
    change.tags = std::move(tags);
  }
  return {};
}

std::vector<std::string> joined_tags(const std::vector<std::string>& reported,
                                     const std::vector<std::string>& own) {
  auto all = reported;
  for (const auto& tag : own) {
    add_new(all, tag);
  }
  return all;
}

}  // namespace atlas
