#include "tenants/config.hpp"

#include "tenants/config_settings.hpp"
#include "tenants/nearest.hpp"
#include "tenants/notify_settings.hpp"
#include "tenants/private_file.hpp"
#include "tenants/server_tls.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace atlas::tenants {

namespace {

constexpr std::size_t max_file_bytes = 1 << 20;

std::string joined(std::string_view parent, std::string_view name) {
  return parent.empty() ? std::string(name) : fmt::format("{}.{}", parent, name);
}

using alert_pairs = std::vector<std::pair<alert_rule, tenant_config::alert_pair>>;
alert_pairs rules_of(const tenant_config::alerts_section& alerts) {
  return {{alert_rule::swap, alerts.swap},           {alert_rule::load, alerts.load},
          {alert_rule::disk_full, alerts.disk_full}, {alert_rule::temperature, alerts.temperature},
          {alert_rule::battery, alerts.battery},     {alert_rule::traffic, alerts.traffic}};
}

// Names of the keys and sections directly below a section.
std::vector<std::string_view> names_below(std::string_view section) {
  std::vector<std::string_view> names;
  for (const auto& setting : all_settings()) {
    auto rest = setting.key;
    if (!section.empty()) {
      if (!rest.starts_with(section) || rest.size() <= section.size() || rest[section.size()] != '.')
        continue;
      rest.remove_prefix(section.size() + 1);
    }
    const auto name = rest.substr(0, rest.find('.'));
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

// Takes the members of a document into a configuration and collects every mistake.
class document_reader {
 public:
  document_reader(tenant_config& config, std::vector<error>& mistakes)
      : config_(config), mistakes_(mistakes) {}

  void read(const json& document) {
    read_section(document, "", "$");
    for (const auto& setting : all_settings()) {
      if (setting.required && !seen_.contains(setting.key) && !is_within_wrong_section(setting.key)) {
        mistakes_.push_back({fmt::format("$.{}", setting.key), "is missing"});
      }
    }
    if (config_.branding.dashboard_title.empty()) {
      config_.branding.dashboard_title = config_.organization.name + " Fleet";
    }
    check_tls();
    check_clear_margin();
    check_severities();
  }

 private:
  void read_section(const json& object, const std::string& section, const std::string& path) {
    for (const auto& [name, value] : object.items()) {
      const auto key = joined(section, name);
      const auto value_path = json_path(path, name);
      const bool is_dotted = name.find('.') != std::string::npos;
      if (const auto* setting = is_dotted ? nullptr : find_setting(key)) {
        read_value(*setting, value, value_path);
      } else if (is_dotted || names_below(key).empty()) {
        mistakes_.push_back({value_path, unknown_key(name, section)});
      } else if (value.is_object()) {
        read_section(value, key, value_path);
      } else {
        mistakes_.push_back({value_path, fmt::format("must be an object, not {}", shown_value(value))});
        wrong_sections_.push_back(key + ".");
      }
    }
  }

  void read_value(const setting& setting, const json& value, const std::string& path) {
    seen_.insert(setting.key);
    if (setting.read_parts) {
      const auto before = mistakes_.size();
      setting.read_parts(value, path, config_, mistakes_);
      if (mistakes_.size() > before) wrong_.insert(setting.key);
    } else if (auto mistake = setting.read(value, config_); !mistake.empty()) {
      mistakes_.push_back({path, std::move(mistake)});
      wrong_.insert(setting.key);
    }
  }

  static std::string unknown_key(std::string_view name, std::string_view section) {
    const auto known = names_below(section);
    if (const auto near = nearest(name, known); !near.empty()) {
      return fmt::format("is not known; did you mean \"{}\"?", near);
    }
    std::string all;
    for (const auto candidate : known) all += fmt::format("{}{}", all.empty() ? "" : ", ", candidate);
    return fmt::format("is not known; there are {}", all);
  }

  bool is_within_wrong_section(std::string_view key) const {
    return std::any_of(wrong_sections_.begin(), wrong_sections_.end(),
                       [key](const std::string& section) { return key.starts_with(section); });
  }

  bool is_wrong(std::string_view key) const { return wrong_.contains(key); }

  void check_tls() {
    const auto& tls = config_.server.tls;
    if (is_wrong("server.tls.certificate") || is_wrong("server.tls.private_key")) return;
    if (tls.certificate.has_value() != tls.private_key.has_value()) {
      mistakes_.push_back({"$.server.tls", "must name certificate and private_key both, or neither"});
    }
    for (const auto key : {"server.host", "server.tls.mode", "server.allow_plain_http"}) {
      if (is_wrong(key)) return;
    }
    if (tls.mode == tls_mode::off && !is_loopback(config_.server.host) && !config_.server.allow_plain_http) {
      mistakes_.push_back(
          {"$.server.tls.mode",
           fmt::format(
               "must not be \"off\" where other machines can come in ($.server.host is {}): passwords and "
               "tokens could be read on the way. Leave it \"auto\", or say so in so many words with "
               "$.server.allow_plain_http: true",
               shown_value(config_.server.host))});
    }
  }

  // At a margin as large as its threshold an alert would never clear.
  void check_clear_margin() {
    const auto& alerts = config_.alerts;
    for (const auto key : {"alerts.cpu_threshold", "alerts.memory_threshold", "alerts.disk_threshold",
                           "alerts.clear_margin"}) {
      if (is_wrong(key)) return;
    }
    const double lowest = std::min({alerts.cpu_threshold, alerts.memory_threshold, alerts.disk_threshold});
    if (alerts.clear_margin >= lowest) {
      mistakes_.push_back(
          {"$.alerts.clear_margin",
           fmt::format("must be less than the lowest threshold, {}, not {}", lowest, alerts.clear_margin)});
    }
  }

  void check_severities() {
    const auto& alerts = config_.alerts;
    const auto check = [&](std::string_view key, bool is_reversed, std::string_view what) {
      if (is_reversed && !is_wrong(key)) mistakes_.push_back({fmt::format("$.{}", key), std::string(what)});
    };
    check("alerts.cpu_critical", alerts.cpu_critical && *alerts.cpu_critical < alerts.cpu_threshold,
          "must not be below cpu_threshold, which is the warning");
    check("alerts.memory_critical",
          alerts.memory_critical && *alerts.memory_critical < alerts.memory_threshold,
          "must not be below memory_threshold, which is the warning");
    check("alerts.disk_warning", alerts.disk_warning && *alerts.disk_warning > alerts.disk_threshold,
          "must not be above disk_threshold, which is critical");
    for (const auto& [rule, pair] : rules_of(alerts)) {
      const bool is_reversed =
          pair.warning && pair.critical &&
          (fires_below(rule) ? *pair.critical > *pair.warning : *pair.critical < *pair.warning);
      check(fmt::format("alerts.{}.critical", to_string(rule)), is_reversed,
            fires_below(rule) ? "must not be above warning" : "must not be below warning");
    }
  }

  tenant_config& config_;
  std::vector<error>& mistakes_;
  std::set<std::string_view> seen_;
  std::set<std::string_view> wrong_;
  std::vector<std::string> wrong_sections_;  // with the dot
};

// How far back beyond its level a value must go, where that is no matter of percent.
double margin_of(alert_rule rule, const tenant_config::alert_pair& levels, double percent) {
  const double level = levels.warning.value_or(levels.critical.value_or(0));
  constexpr double tenth = 0.1;
  constexpr double quarter = 0.25;
  constexpr double degrees = 5;
  switch (rule) {
    case alert_rule::load:
    case alert_rule::traffic: return tenth * level;
    case alert_rule::disk_full: return quarter * level;
    case alert_rule::temperature: return degrees;
    case alert_rule::cpu:
    case alert_rule::memory:
    case alert_rule::swap:
    case alert_rule::disk:
    case alert_rule::battery:
    case alert_rule::offline:
    case alert_rule::duplicate:
    case alert_rule::isolation: return percent;
  }
  return percent;
}

rule_setting make_rule(const tenant_config::alerts_section& alerts) {
  rule_setting rule;
  rule.margin = alerts.clear_margin;
  rule.hold = std::chrono::seconds(alerts.hold_seconds);
  return rule;
}

// Stands for the id until one is read.
org_id no_id() { return org_id::parse("00000000-0000-4000-8000-000000000000").value(); }

tenant_config empty_config() {
  return {.organization = {.name = {}, .id = no_id(), .contact = {}},
          .server = {},
          .broker = {},
          .agent = {},
          .branding = {},
          .alerts = {},
          .history = {}};
}

json* member_at(json& document, std::string_view key) {
  json* place = &document;
  for (;;) {
    const auto dot = key.find('.');
    place = &(*place)[std::string(key.substr(0, dot))];
    if (dot == std::string_view::npos) return place;
    key.remove_prefix(dot + 1);
  }
}

}  // namespace

fleet_rules tenant_config::rules() const {
  fleet_rules rules;
  rules.alerts_enabled = alerts.enabled;
  for (const auto rule : {alert_rule::cpu, alert_rule::memory, alert_rule::disk}) {
    rules.levels[rule] = make_rule(alerts);
  }
  rules.levels[alert_rule::cpu].warning = alerts.cpu_threshold;
  rules.levels[alert_rule::memory].warning = alerts.memory_threshold;
  rules.levels[alert_rule::disk].critical = alerts.disk_threshold;
  rules.levels[alert_rule::cpu].critical = alerts.cpu_critical;
  rules.levels[alert_rule::memory].critical = alerts.memory_critical;
  rules.levels[alert_rule::disk].warning = alerts.disk_warning;
  for (const auto& [rule, levels] : rules_of(alerts)) {
    auto& setting = rules.levels[rule] = make_rule(alerts);
    setting.warning = levels.warning;
    setting.critical = levels.critical;
    setting.margin = margin_of(rule, levels, alerts.clear_margin);
  }
  rules.overrides = rule_overrides_of(alerts.overrides);
  rules.offline_after = std::chrono::seconds(alerts.offline_after);
  return rules;
}

notify_rules tenant_config::notifications() const {
  notify_rules rules;
  rules.window = std::chrono::seconds(alerts.group_seconds);
  for (const auto& channel : alerts.notify) rules.channels.push_back(channel.policy());
  return rules;
}

tl::expected<tenant_config, config_errors> parse_tenant_config(std::string_view text,
                                                               std::string_view file_name) {
  config_errors mistakes;
  auto config = empty_config();
  const auto document = parse_document(text, mistakes);
  if (document.is_object()) document_reader(config, mistakes).read(document);
  if (mistakes.empty()) return config;
  for (auto& mistake : mistakes) {
    mistake.where =
        mistake.where.empty() ? std::string(file_name) : fmt::format("{}: {}", file_name, mistake.where);
  }
  return tl::unexpected(std::move(mistakes));
}

tl::expected<tenant_config, config_errors> load_tenant_config(const std::filesystem::path& file) {
  const auto text = read_file(file, max_file_bytes);
  if (!text) return tl::unexpected(config_errors{text.error()});
  return parse_tenant_config(*text, file.string());
}

std::string format_tenant_config(const tenant_config& config) {
  json document = json::object();
  for (const auto& setting : all_settings()) *member_at(document, setting.key) = setting.write(config);
  return document.dump(2) + "\n";
}

result<void> set_value(tenant_config& config, std::string_view key, std::string_view text) {
  const auto* setting = find_setting(key);
  if (setting == nullptr) {
    const auto near = nearest(key, setting_keys());
    return failure(std::string(key),
                   near.empty() ? "is not known" : fmt::format("is not known; did you mean {}?", near));
  }
  json value = text;
  if (setting->is_nullable && (text.empty() || text == "null" || text == "none")) {
    value = nullptr;
  } else if (!setting->is_text) {
    // Text that is no JSON stays a text, for the message.
    if (auto parsed = json::parse(text, nullptr, false);
        !parsed.is_discarded() && (parsed.is_primitive() || setting->read_parts)) {
      value = std::move(parsed);
    }
  }
  if (!setting->read) {
    return failure(std::string(key),
                   "holds secrets, and a command line is not secret: write it into tenant.json");
  }
  if (auto mistake = setting->read(value, config); !mistake.empty()) {
    return failure(std::string(key), std::move(mistake));
  }
  return {};
}

std::string format_masked_config(const tenant_config& config) {
  auto document = json::parse(format_tenant_config(config));
  document["server"]["api_key"] = config.server.api_key.masked();
  mask_channels(document["alerts"]["notify"]);
  return document.dump(2) + "\n";
}

std::vector<std::string_view> setting_keys() {
  std::vector<std::string_view> keys;
  for (const auto& setting : all_settings()) keys.push_back(setting.key);
  return keys;
}

result<void> save_tenant_config(const tenant_config& config, const std::filesystem::path& file) {
  return write_private_file(file, format_tenant_config(config));
}

}  // namespace atlas::tenants
