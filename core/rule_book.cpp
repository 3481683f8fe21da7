#include "core/rule_book.hpp"

#include "core/glob.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace atlas {

namespace {

constexpr std::size_t max_known = 1024;

bool fits(const rule_match& match, const host_id& host, const std::vector<std::string>& tags) {
  return fits_pattern(match.host, host.text()) && fits_any(match.tag, tags);
}

}  // namespace

rule_settings usual_rule_settings() {
  constexpr double usual_level = 90;
  constexpr double usual_margin = 5;
  rule_settings usual;
  usual[alert_rule::cpu].warning = usual_level;
  usual[alert_rule::memory].warning = usual_level;
  usual[alert_rule::disk].critical = usual_level;
  for (const auto rule : {alert_rule::cpu, alert_rule::memory, alert_rule::disk}) {
    usual[rule].margin = usual_margin;
  }
  return usual;
}

void apply_change(rule_setting& setting, const rule_change& change) {
  setting.warning = change.warning.value_or(setting.warning);
  setting.critical = change.critical.value_or(setting.critical);
  setting.margin = change.margin.value_or(setting.margin);
  setting.hold = change.hold.value_or(setting.hold);
  setting.enabled = change.enabled.value_or(setting.enabled);
}

alert_levels levels_of(alert_rule rule, const rule_setting& setting) {
  constexpr double never = std::numeric_limits<double>::infinity();
  const auto level = [&](const std::optional<double>& wanted) {
    if (!setting.enabled || !wanted) {
      return never;
    }
    return fires_below(rule) ? -*wanted : *wanted;
  };
  return {level(setting.warning), level(setting.critical), setting.margin, setting.hold};
}

host_rules::host_rules(const rule_settings& defaults, const std::vector<const rule_override*>& overrides) {
  for (const alert_rule rule : all_alert_rules) {
    auto& row = rows_[static_cast<std::size_t>(rule)];
    row.setting = defaults[rule];
    for (const auto* each : overrides) {
      if (each->rule != rule) {
        continue;
      }
      if (each->match.instance.empty() && row.by_instance.empty()) {
        apply_change(row.setting, each->change);
      } else {
        row.by_instance.emplace_back(each->match.instance, each->change);
      }
    }
    row.levels = levels_of(rule, row.setting);
    row.is_watched = !row.by_instance.empty() || std::isfinite(row.levels.lowest());
  }
}

alert_levels host_rules::levels_of_instance(alert_rule rule, std::string_view instance) const {
  const auto& row = rows_[static_cast<std::size_t>(rule)];
  auto setting = row.setting;
  for (const auto& [pattern, change] : row.by_instance) {
    if (pattern.empty() || matches_glob(pattern, instance)) {
      apply_change(setting, change);
    }
  }
  return levels_of(rule, setting);
}

rule_book::rule_book(rule_settings defaults, std::vector<rule_override> overrides)
    : defaults_(defaults), overrides_(std::move(overrides)) {}

std::shared_ptr<const host_rules> rule_book::rules_for(const host_id& host,
                                                       const std::vector<std::string>& tags) {
  std::vector<bool> which(overrides_.size());
  std::vector<const rule_override*> chosen;
  for (std::size_t i = 0; i < overrides_.size(); ++i) {
    if (fits(overrides_[i].match, host, tags)) {
      which[i] = true;
      chosen.push_back(&overrides_[i]);
    }
  }
  if (known_.size() >= max_known) {
    std::erase_if(known_, [](const auto& row) { return row.second.expired(); });
  }
  auto& place = known_[which];
  if (auto shared = place.lock()) {
    return shared;
  }
  auto made = std::make_shared<const host_rules>(defaults_, chosen);
  place = made;
  return made;
}

}  // namespace atlas
