#include "tenants/org_settings.hpp"

#include "tenants/config_settings.hpp"
#include "tenants/nearest.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace atlas::tenants {

namespace {

bool is_editable(std::string_view key) {
  if (key.starts_with("alerts.")) {
    return key != "alerts.overrides" && key != "alerts.notify" && !key.starts_with("alerts.templates.");
  }
  return key.starts_with("branding.") || key == "organization.name" || key == "organization.contact" ||
         key == "agent.report_interval";
}

bool is_shown(std::string_view key) { return is_editable(key) || key == "alerts.overrides"; }

bool is_below(std::string_view key, std::string_view section) {
  return key.size() > section.size() && key.starts_with(section) && key[section.size()] == '.';
}

bool has_below(std::string_view section, bool (*wanted)(std::string_view)) {
  return std::ranges::any_of(
      all_settings(), [&](const setting& one) { return is_below(one.key, section) && wanted(one.key); });
}

// The last object on the way to a key and the key's own name; objects that are missing are made.
std::pair<json*, std::string> place_of(json& document, std::string_view key) {
  json* object = &document;
  for (auto dot = key.find('.'); dot != std::string_view::npos; dot = key.find('.')) {
    object = &(*object)[std::string(key.substr(0, dot))];
    key.remove_prefix(dot + 1);
  }
  return {object, std::string(key)};
}

// "$.alerts.cpu_threshold" → "alerts.cpu_threshold"
std::string without_root(std::string_view path) {
  path.remove_prefix(path.starts_with('$') ? 1 : 0);
  path.remove_prefix(path.starts_with('.') ? 1 : 0);
  return std::string(path);
}

// Puts the values of a patch into a document and collects what may not be put there.
class merger {
 public:
  merger(json& document, config_errors& mistakes) : document_(document), mistakes_(mistakes) {}

  void merge(const json& patch, const std::string& section, const std::string& path) {
    for (const auto& [name, value] : patch.items()) {
      const auto key = section.empty() ? name : fmt::format("{}.{}", section, name);
      const auto value_path = json_path(path, name);
      const bool is_dotted = name.find('.') != std::string::npos;
      if (!is_dotted && is_editable(key) && find_setting(key) != nullptr) {
        put(*find_setting(key), value);
      } else if (is_dotted || !(find_setting(key) != nullptr || has_below(key, [](auto) { return true; }))) {
        refuse(value_path, unknown_key(key));
      } else if (!has_below(key, is_editable)) {
        refuse(value_path, "cannot be changed here");
      } else if (value.is_object()) {
        merge(value, key, value_path);
      } else {
        refuse(value_path, fmt::format("must be an object, not {}", shown_value(value)));
      }
    }
  }

 private:
  void put(const setting& which, const json& value) {
    const auto [object, name] = place_of(document_, which.key);
    if (value.is_null() && !which.is_nullable) {
      object->erase(name);
    } else {
      (*object)[name] = value;
    }
  }

  void refuse(const std::string& path, std::string what) {
    mistakes_.push_back({without_root(path), std::move(what)});
  }

  static std::string unknown_key(std::string_view key) {
    std::vector<std::string_view> known;
    for (const auto& one : all_settings()) {
      if (is_editable(one.key)) known.push_back(one.key);
    }
    const auto near = nearest(key, known);
    return near.empty() ? "is not known" : fmt::format("is not known; did you mean {}?", near);
  }

  json& document_;
  config_errors& mistakes_;
};

}  // namespace

std::string format_settings(const tenant_config& config) {
  json document = json::object();
  for (const auto& one : all_settings()) {
    if (is_shown(one.key)) {
      const auto [object, name] = place_of(document, one.key);
      (*object)[name] = one.write(config);
    }
  }
  return document.dump();
}

tl::expected<patched_settings, config_errors> patch_settings(const tenant_config& present,
                                                             std::string_view patch) {
  config_errors mistakes;
  const auto asked = parse_document(patch, mistakes);
  for (auto& mistake : mistakes) {
    // A place in the text is no path.
    if (!mistake.where.starts_with('$')) mistake = {"", fmt::format("{} {}", mistake.where, mistake.what)};
    mistake.where = without_root(mistake.where);
  }
  if (!asked.is_object()) return tl::unexpected(std::move(mistakes));
  auto document = json::parse(format_tenant_config(present));
  merger(document, mistakes).merge(asked, "", "$");
  constexpr std::string_view source = "settings";
  auto config = parse_tenant_config(document.dump(), source);
  if (!config) {
    for (auto& mistake : config.error()) {
      std::string_view path = mistake.where;
      path.remove_prefix(std::min(path.size(), source.size() + 2));  // "settings: "
      mistakes.push_back({without_root(path), std::move(mistake.what)});
    }
  }
  if (!mistakes.empty()) return tl::unexpected(std::move(mistakes));
  patched_settings patched{*std::move(config), {}};
  for (const auto& one : all_settings()) {
    if (is_editable(one.key) && one.write(patched.config) != one.write(present)) {
      patched.keys.push_back(one.key);
    }
  }
  return patched;
}

}  // namespace atlas::tenants
