#include "tenants/alert_overrides.hpp"

#include "tenants/nearest.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

namespace atlas::tenants {

namespace {

constexpr std::size_t most_overrides = 1'000;
constexpr std::size_t longest_pattern = 256;
constexpr double seconds_a_day = 24 * 60 * 60;

constexpr std::array settable{alert_rule::cpu,         alert_rule::memory,  alert_rule::swap,
                              alert_rule::load,        alert_rule::disk,    alert_rule::disk_full,
                              alert_rule::temperature, alert_rule::battery, alert_rule::traffic,
                              alert_rule::offline};

// Which member of a match names the instance of this rule; nothing where it has none.
std::string_view instance_member(alert_rule rule) {
  switch (rule) {
    case alert_rule::disk:
    case alert_rule::disk_full: return "mount";
    case alert_rule::traffic: return "interface";
    case alert_rule::temperature: return "sensor";
    case alert_rule::cpu:
    case alert_rule::memory:
    case alert_rule::swap:
    case alert_rule::load:
    case alert_rule::battery:
    case alert_rule::offline:
    case alert_rule::duplicate:
    case alert_rule::isolation: return "";
  }
  return "";
}

struct text_member {
  std::string_view name;
  std::string alert_override::* place;
};
constexpr std::array match_members{
    text_member{"host", &alert_override::host}, text_member{"tag", &alert_override::tag},
    text_member{"mount", &alert_override::mount}, text_member{"interface", &alert_override::interface},
    text_member{"sensor", &alert_override::sensor}};

// Reads one list and collects every mistake.
class override_reader {
 public:
  explicit override_reader(std::vector<error>& mistakes) : mistakes_(mistakes) {}

  alert_override read(const json& element, const std::string& path) {
    alert_override made;
    if (!is_object(element, path)) return made;
    check_names(element, path, {"match", "values"});
    if (const auto match = element.find("match"); match != element.end()) {
      read_match(*match, json_path(path, "match"), made);
    }
    const auto values = element.find("values");
    if (values == element.end()) {
      say(json_path(path, "values"), "is missing");
    } else {
      read_values(*values, json_path(path, "values"), made);
    }
    return made;
  }

 private:
  void say(const std::string& path, std::string what) { mistakes_.push_back({path, std::move(what)}); }

  bool is_object(const json& value, const std::string& path) {
    if (!value.is_object()) say(path, fmt::format("must be an object, not {}", shown_value(value)));
    return value.is_object();
  }

  void check_names(const json& object, const std::string& path, const std::vector<std::string_view>& known) {
    for (const auto& [name, value] : object.items()) {
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      const auto near = nearest(name, known);
      say(json_path(path, name), near.empty()
                                     ? fmt::format("is not known; there are {}", fmt::join(known, ", "))
                                     : fmt::format("is not known; did you mean \"{}\"?", near));
    }
  }

  void read_match(const json& match, const std::string& path, alert_override& made) {
    if (!is_object(match, path)) return;
    std::vector<std::string_view> known;
    for (const auto& member : match_members) known.push_back(member.name);
    check_names(match, path, known);
    for (const auto& [name, place] : match_members) {
      const auto given = match.find(name);
      if (given == match.end()) continue;
      if (!given->is_string() || given->get_ref<const std::string&>().empty() ||
          given->get_ref<const std::string&>().size() > longest_pattern) {
        say(json_path(path, name),
            fmt::format("must be a text of 1 to {} bytes, not {}", longest_pattern, shown_value(*given)));
        continue;
      }
      made.*place = given->get<std::string>();
    }
  }

  void read_values(const json& values, const std::string& path, alert_override& made) {
    if (!is_object(values, path)) return;
    if (values.empty()) say(path, "must name at least one rule");
    std::vector<std::string_view> known;
    for (const auto rule : settable) known.push_back(to_string(rule));
    check_names(values, path, known);
    for (const auto rule : settable) {
      const auto given = values.find(to_string(rule));
      if (given == values.end()) continue;
      const auto rule_path = json_path(path, to_string(rule));
      check_instance(rule, made, rule_path);
      if (is_object(*given, rule_path)) made.values.emplace_back(rule, read_change(rule, *given, rule_path));
    }
  }

  // A mount says nothing of a CPU.
  void check_instance(alert_rule rule, const alert_override& made, const std::string& path) {
    for (const auto& [name, place] : match_members) {
      const bool is_instance = name == "mount" || name == "interface" || name == "sensor";
      if (is_instance && !(made.*place).empty() && name != instance_member(rule)) {
        say(path, fmt::format("has no {}: take it out of match, or set this rule in another element", name));
      }
    }
  }

  rule_change read_change(alert_rule rule, const json& given, const std::string& path) {
    rule_change change;
    check_names(given, path, {"warning", "critical", "margin", "hold_seconds", "enabled"});
    const auto [least, most] = level_bounds(rule);
    for (const auto& [name, place] :
         {std::pair{"warning", &rule_change::warning}, std::pair{"critical", &rule_change::critical}}) {
      const auto level = given.find(name);
      if (level == given.end()) continue;
      if (level->is_null()) {
        change.*place = std::optional<double>();
      } else if (const auto number = read_number(*level, json_path(path, name), least, most, ", or null")) {
        change.*place = std::optional<double>(*number);
      }
    }
    if (const auto margin = given.find("margin"); margin != given.end()) {
      change.margin = read_number(*margin, json_path(path, "margin"), 0, most, "");
    }
    if (const auto hold = given.find("hold_seconds"); hold != given.end()) {
      if (const auto seconds = read_number(*hold, json_path(path, "hold_seconds"), 0, seconds_a_day, "")) {
        constexpr double ms_per_second = 1000;
        change.hold = milliseconds(static_cast<std::int64_t>(*seconds * ms_per_second));
      }
    }
    if (const auto enabled = given.find("enabled"); enabled != given.end()) {
      if (enabled->is_boolean()) {
        change.enabled = enabled->get<bool>();
      } else {
        say(json_path(path, "enabled"), fmt::format("must be true or false, not {}", shown_value(*enabled)));
      }
    }
    check_order(rule, change, path);
    return change;
  }

  void check_order(alert_rule rule, const rule_change& change, const std::string& path) {
    if (!change.warning || !*change.warning || !change.critical || !*change.critical) return;
    const double warning = **change.warning;
    const double critical = **change.critical;
    if (fires_below(rule) ? critical > warning : critical < warning) {
      say(json_path(path, "critical"),
          fmt::format("must not be {} warning, {}", fires_below(rule) ? "above" : "below", warning));
    }
  }

  std::optional<double> read_number(const json& value, const std::string& path, double least, double most,
                                    std::string_view or_else) {
    const double number = value.is_number() ? value.get<double>() : std::nan("");
    if (number >= least && number <= most) return number;
    say(path,
        fmt::format("must be a number from {} to {}{}, not {}", least, most, or_else, shown_value(value)));
    return std::nullopt;
  }

  std::vector<error>& mistakes_;
};

// 90 and not 90.0: what a person would write.
json number(double value) {
  return value == std::floor(value) ? json(static_cast<std::int64_t>(value)) : json(value);
}

json written(const rule_change& change) {
  json out = json::object();
  const auto put_level = [&out](const char* name, const std::optional<std::optional<double>>& level) {
    if (level) out[name] = *level ? number(**level) : json(nullptr);
  };
  put_level("warning", change.warning);
  put_level("critical", change.critical);
  if (change.margin) out["margin"] = number(*change.margin);
  if (change.hold) out["hold_seconds"] = number(std::chrono::duration<double>(*change.hold).count());
  if (change.enabled) out["enabled"] = *change.enabled;
  return out;
}

}  // namespace

std::pair<double, double> level_bounds(alert_rule rule) {
  switch (rule) {
    case alert_rule::cpu:
    case alert_rule::memory:
    case alert_rule::swap:
    case alert_rule::disk:
    case alert_rule::battery: return {1, 100};
    case alert_rule::load: return {0.01, 10'000};
    case alert_rule::disk_full: return {0.1, 8'760};
    case alert_rule::temperature: return {-50, 200};
    case alert_rule::traffic: return {1, 1e12};
    case alert_rule::offline: return {1, seconds_a_day};
    case alert_rule::duplicate:
    case alert_rule::isolation: return {1, 1};
  }
  return {0, 0};
}

std::vector<alert_override> read_overrides(const json& list, const std::string& path,
                                           std::vector<error>& mistakes) {
  std::vector<alert_override> overrides;
  if (!list.is_array()) {
    mistakes.push_back({path, fmt::format("must be a list, not {}", shown_value(list))});
    return overrides;
  }
  if (list.size() > most_overrides) {
    mistakes.push_back({path, fmt::format("must have at most {} elements", most_overrides)});
    return overrides;
  }
  override_reader reader(mistakes);
  for (std::size_t i = 0; i < list.size(); ++i) {
    overrides.push_back(reader.read(list[i], fmt::format("{}[{}]", path, i)));
  }
  return overrides;
}

json write_overrides(const std::vector<alert_override>& overrides) {
  json list = json::array();
  for (const auto& each : overrides) {
    json element = json::object();
    for (const auto& [name, place] : match_members) {
      if (!(each.*place).empty()) element["match"][std::string(name)] = each.*place;
    }
    for (const auto& [rule, change] : each.values) {
      element["values"][std::string(to_string(rule))] = written(change);
    }
    list.push_back(std::move(element));
  }
  return list;
}

std::vector<rule_override> rule_overrides_of(const std::vector<alert_override>& overrides) {
  std::vector<rule_override> rules;
  for (const auto& each : overrides) {
    for (const auto& [rule, change] : each.values) {
      rule_match match{each.host, each.tag, {}};
      for (const auto& [name, place] : match_members) {
        if (name == instance_member(rule)) match.instance = each.*place;
      }
      rules.push_back({std::move(match), rule, change});
    }
  }
  return rules;
}

}  // namespace atlas::tenants
