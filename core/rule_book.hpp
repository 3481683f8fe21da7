#pragma once

#include "core/alert_machine.hpp"
#include "core/alert_rule.hpp"
#include "core/host_id.hpp"

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atlas {

// One rule as a person sets it: levels in the rule's own unit, and for a rule that fires below them as such.
// A level that is absent is not watched.
struct rule_setting {
  std::optional<double> warning;
  std::optional<double> critical;
  double margin = 0;
  milliseconds hold{0};
  bool enabled = true;
  friend bool operator==(const rule_setting&, const rule_setting&) = default;
};

// A setting for each rule.
class rule_settings {
 public:
  rule_setting& operator[](alert_rule rule) { return all_[static_cast<std::size_t>(rule)]; }
  const rule_setting& operator[](alert_rule rule) const { return all_[static_cast<std::size_t>(rule)]; }
  friend bool operator==(const rule_settings&, const rule_settings&) = default;

 private:
  std::array<rule_setting, all_alert_rules.size()> all_{};
};

// The seed's three thresholds, for whoever sets nothing.
rule_settings usual_rule_settings();

// Which alerts an override is for: all of what is given must fit, texts with "*" for anything; empty fits
// all.
struct rule_match {
  std::string host;
  std::string tag;       // one of the host's
  std::string instance;  // the mount, sensor or interface
  friend bool operator==(const rule_match&, const rule_match&) = default;
};

// What an override changes of a rule's setting.
struct rule_change {
  std::optional<std::optional<double>> warning;  // an inner absence: no such level
  std::optional<std::optional<double>> critical;
  std::optional<double> margin;
  std::optional<milliseconds> hold;
  std::optional<bool> enabled;
  friend bool operator==(const rule_change&, const rule_change&) = default;
};

struct rule_override {
  rule_match match;
  alert_rule rule = alert_rule::cpu;
  rule_change change;
  friend bool operator==(const rule_override&, const rule_override&) = default;
};

void apply_change(rule_setting& setting, const rule_change& change);
// As the machine takes them: negated for a rule that fires below its levels.
alert_levels levels_of(alert_rule rule, const rule_setting& setting);

// The rules of one host. Immutable.
class host_rules {
 public:
  host_rules(const rule_settings& defaults, const std::vector<const rule_override*>& overrides);
  // Does not allocate.
  alert_levels levels(alert_rule rule, std::string_view instance) const {
    const auto& row = rows_[static_cast<std::size_t>(rule)];
    return row.by_instance.empty() ? row.levels : levels_of_instance(rule, instance);
  }
  // Whether any alert of this rule can be raised.
  bool watches(alert_rule rule) const { return rows_[static_cast<std::size_t>(rule)].is_watched; }

 private:
  struct rule_row {
    rule_setting setting;  // before those by instance
    alert_levels levels;
    std::vector<std::pair<std::string, rule_change>> by_instance;  // and whatever follows the first of them
    bool is_watched = false;
  };
  alert_levels levels_of_instance(alert_rule rule, std::string_view instance) const;
  std::array<rule_row, all_alert_rules.size()> rows_;
};

// All rules of an organisation. Hosts with the same overrides share their rules.
class rule_book {
 public:
  rule_book(rule_settings defaults, std::vector<rule_override> overrides);
  std::shared_ptr<const host_rules> rules_for(const host_id& host, const std::vector<std::string>& tags);

 private:
  rule_settings defaults_;
  std::vector<rule_override> overrides_;
  std::map<std::vector<bool>, std::weak_ptr<const host_rules>> known_;  // by which overrides fit the host
};

}  // namespace atlas
