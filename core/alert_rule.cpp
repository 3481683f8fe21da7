#include "core/alert_rule.hpp"

#include <string>

namespace atlas {

std::string_view to_string(alert_rule rule) {
  switch (rule) {
    case alert_rule::cpu: return "cpu";
    case alert_rule::memory: return "memory";
    case alert_rule::swap: return "swap";
    case alert_rule::load: return "load";
    case alert_rule::disk: return "disk";
    case alert_rule::disk_full: return "disk_full";
    case alert_rule::temperature: return "temperature";
    case alert_rule::battery: return "battery";
    case alert_rule::traffic: return "traffic";
    case alert_rule::offline: return "offline";
    case alert_rule::duplicate: return "duplicate";
    case alert_rule::isolation: return "isolation";
  }
  return "";
}

std::string_view to_string(alert_severity severity) {
  switch (severity) {
    case alert_severity::warning: return "warning";
    case alert_severity::critical: return "critical";
  }
  return "";
}

std::optional<alert_rule> parse_alert_rule(std::string_view text) {
  for (const alert_rule rule : all_alert_rules) {
    if (text == to_string(rule)) {
      return rule;
    }
  }
  return std::nullopt;
}

std::optional<alert_severity> parse_alert_severity(std::string_view text) {
  for (const alert_severity severity : all_severities) {
    if (text == to_string(severity)) {
      return severity;
    }
  }
  return std::nullopt;
}

std::string_view alert_rule_names() {
  static const std::string names = [] {
    std::string all;
    for (const alert_rule rule : all_alert_rules) {
      all += all.empty() ? "" : ", ";
      all += to_string(rule);
    }
    return all;
  }();
  return names;
}

bool has_instance(alert_rule rule) {
  switch (rule) {
    case alert_rule::disk:
    case alert_rule::disk_full:
    case alert_rule::temperature:
    case alert_rule::traffic: return true;
    case alert_rule::cpu:
    case alert_rule::memory:
    case alert_rule::swap:
    case alert_rule::load:
    case alert_rule::battery:
    case alert_rule::offline:
    case alert_rule::duplicate:
    case alert_rule::isolation: return false;
  }
  return false;
}

bool fires_below(alert_rule rule) { return rule == alert_rule::disk_full || rule == alert_rule::battery; }

bool is_of_samples(alert_rule rule) { return rule < alert_rule::offline; }

}  // namespace atlas
