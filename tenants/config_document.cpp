#include "tenants/config_document.hpp"

#include <algorithm>
#include <cctype>
#include <set>

#include <fmt/format.h>

namespace atlas::tenants {

namespace {

constexpr std::size_t max_config_bytes = 1024 * 1024;
constexpr std::size_t max_depth = 16;

// Follows the parser and notes each key that an object has had already; the document keeps only the last one.
class duplicate_finder {
 public:
  void see(json::parse_event_t event, const json& value) {
    switch (event) {
      case json::parse_event_t::object_start:
      case json::parse_event_t::array_start:
        ++depth_;
        if (depth_ <= max_depth) {
          levels_.push_back({levels_.empty() ? "$" : levels_.back().child, {}, {}});
          levels_.back().child = levels_.back().path;
        }
        break;
      case json::parse_event_t::object_end:
      case json::parse_event_t::array_end:
        if (depth_ <= max_depth) levels_.pop_back();
        --depth_;
        break;
      case json::parse_event_t::key:
        if (depth_ <= max_depth) see_key(value.get_ref<const std::string&>());
        break;
      case json::parse_event_t::value: break;
    }
    deepest_ = std::max(deepest_, depth_);
  }

  bool too_deep() const { return deepest_ > max_depth; }
  const std::vector<std::string>& duplicates() const { return duplicates_; }

 private:
  struct level {
    std::string path;
    std::string child;  // path of the member being read
    std::set<std::string, std::less<>> keys;
  };

  void see_key(const std::string& key) {
    auto& innermost = levels_.back();
    innermost.child = json_path(innermost.path, key);
    if (!innermost.keys.insert(key).second) duplicates_.push_back(innermost.child);
  }

  std::vector<level> levels_;
  std::size_t depth_ = 0;
  std::size_t deepest_ = 0;
  std::vector<std::string> duplicates_;
};

// The library's own words without its numbering and without the text last read, which may be a secret.
std::string reason(std::string_view message) {
  if (const auto dash = message.rfind(" - ", message.find("; last read:")); dash != std::string_view::npos) {
    message.remove_prefix(dash + 3);
  }
  return std::string(message.substr(0, message.find("; last read:")));
}

error syntax_error(std::string_view text, const json::parse_error& problem) {
  // `byte` counts from 1 and names the last byte read.
  const auto position = std::min(text.size(), problem.byte > 0 ? problem.byte - 1 : 0);
  const auto before = text.substr(0, position);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto line_begin = before.rfind('\n');
  const auto column = line_begin == std::string_view::npos ? position + 1 : position - line_begin;
  return {fmt::format("line {}, column {}", line, column),
          fmt::format("is not valid JSON: {}", reason(problem.what()))};
}

bool is_word(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
  });
}

// Cuts a JSON text in ASCII, so that a cut never falls into a character.
std::string shortened(std::string text) {
  constexpr std::size_t longest = 40;
  if (text.size() > longest) {
    text.resize(longest - 1);
    text += "…";
  }
  return text;
}

}  // namespace

std::string json_path(std::string_view parent, std::string_view key) {
  if (is_word(key) && key.size() <= 60) return fmt::format("{}.{}", parent, key);
  return fmt::format("{}[{}]", parent, shown_value(json(key)));
}

std::string shown_value(const json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return value.empty() ? "an empty list" : "a list";
  return shortened(value.dump(-1, ' ', true, json::error_handler_t::replace));
}

json parse_document(std::string_view text, std::vector<error>& mistakes) {
  if (text.size() > max_config_bytes) {
    mistakes.push_back({"", fmt::format("is larger than {} KiB", max_config_bytes / 1024)});
    return nullptr;
  }
  duplicate_finder finder;
  json document;
  try {
    document = json::parse(text.begin(), text.end(), [&finder](int, json::parse_event_t event, json& value) {
      finder.see(event, value);
      return true;
    });
  } catch (const json::parse_error& problem) {
    mistakes.push_back(syntax_error(text, problem));
    return nullptr;
  } catch (const json::out_of_range&) {
    mistakes.push_back({"", "is not valid JSON: it has a number that is too large"});
    return nullptr;
  }
  if (finder.too_deep()) {
    mistakes.push_back({"$", fmt::format("is nested deeper than {} levels", max_depth)});
    return nullptr;
  }
  if (!document.is_object()) {
    mistakes.push_back({"$", fmt::format("must be an object, not {}", shown_value(document))});
    return nullptr;
  }
  for (const auto& path : finder.duplicates()) {
    mistakes.push_back({path, "stands more than once: keep one"});
  }
  return document;
}

}  // namespace atlas::tenants
