#include "tenants/config_settings.hpp"

#include "tenants/config_values.hpp"
#include "tenants/notify_settings.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>

namespace atlas::tenants {

namespace {

constexpr std::uint64_t day = 24 * 60 * 60;

std::string instead(std::string_view wanted, const json& value) {
  return fmt::format("{}, not {}", wanted, shown_value(value));
}

// The functions below make a row of the table. `field` is a generic lambda from a configuration to the
// member.

template <class Field>
setting whole(std::string_view key, std::uint64_t least, std::uint64_t most, Field field) {
  setting row{key};
  row.read = [=](const json& value, tenant_config& config) {
    // A float, because 8768.0 is a whole number too and 1e300 must not overflow.
    const double number = value.is_number() ? value.get<double>() : std::nan("");
    if (!(number >= static_cast<double>(least) && number <= static_cast<double>(most)) ||
        number != std::floor(number)) {
      return instead(fmt::format("must be a whole number from {} to {}", least, most), value);
    }
    auto& member = field(config);
    member = static_cast<std::remove_reference_t<decltype(member)>>(number);
    return std::string();
  };
  row.write = [=](const tenant_config& config) { return json(field(config)); };
  return row;
}

template <class Field>
setting percent(std::string_view key, double least, Field field) {
  setting row{key};
  row.read = [=](const json& value, tenant_config& config) {
    const double number = value.is_number() ? value.get<double>() : std::nan("");
    if (!(number >= least && number <= 100)) {
      return instead(fmt::format("must be a number from {} to 100", least), value);
    }
    field(config) = number;
    return std::string();
  };
  row.write = [=](const tenant_config& config) {
    // 90 and not 90.0: what a person would write.
    const double number = field(config);
    return number == std::floor(number) ? json(static_cast<int>(number)) : json(number);
  };
  return row;
}

template <class Field>
setting yes_or_no(std::string_view key, Field field) {
  setting row{key};
  row.read = [=](const json& value, tenant_config& config) {
    if (!value.is_boolean()) return instead("must be true or false", value);
    field(config) = value.get<bool>();
    return std::string();
  };
  row.write = [=](const tenant_config& config) { return json(field(config)); };
  return row;
}

using accept_function = std::string (*)(std::string& text);

template <class Field>
setting text(std::string_view key, accept_function accept, Field field) {
  setting row{key};
  row.is_text = true;
  row.read = [=](const json& value, tenant_config& config) {
    if (!value.is_string()) return instead("must be a text", value);
    auto given = value.get<std::string>();
    if (const auto mistake = accept(given); !mistake.empty()) return instead(mistake, value);
    field(config) = std::move(given);
    return std::string();
  };
  row.write = [=](const tenant_config& config) { return json(std::string(field(config))); };
  return row;
}

template <class Field>
setting optional_text(std::string_view key, accept_function accept, Field field) {
  setting row{key};
  row.is_text = true;
  row.is_nullable = true;
  row.read = [=](const json& value, tenant_config& config) {
    if (value.is_null()) {
      field(config).reset();
      return std::string();
    }
    if (!value.is_string()) return instead("must be a text or null", value);
    auto given = value.get<std::string>();
    if (const auto mistake = accept(given); !mistake.empty()) return instead(mistake + ", or null", value);
    field(config) = std::move(given);
    return std::string();
  };
  row.write = [=](const tenant_config& config) {
    const auto& member = field(config);
    return member ? json(std::string(*member)) : json(nullptr);
  };
  return row;
}

// A level that may be absent: null.
template <class Field>
setting optional_level(std::string_view key, alert_rule rule, Field field) {
  setting row{key};
  row.is_nullable = true;
  row.read = [=](const json& value, tenant_config& config) {
    if (value.is_null()) {
      field(config).reset();
      return std::string();
    }
    const auto [least, most] = level_bounds(rule);
    const double number = value.is_number() ? value.get<double>() : std::nan("");
    if (!(number >= least && number <= most)) {
      return instead(fmt::format("must be a number from {} to {}, or null", least, most), value);
    }
    field(config) = number;
    return std::string();
  };
  row.write = [=](const tenant_config& config) {
    const auto& level = field(config);
    if (!level) return json(nullptr);
    return *level == std::floor(*level) ? json(static_cast<std::int64_t>(*level)) : json(*level);
  };
  return row;
}

setting alert_overrides() {
  setting row{"alerts.overrides"};
  row.read_parts = [](const json& value, const std::string& path, tenant_config& config,
                      std::vector<error>& mistakes) {
    config.alerts.overrides = read_overrides(value, path, mistakes);
  };
  row.read = [parts = row.read_parts](const json& value, tenant_config& config) {
    std::vector<error> mistakes;
    parts(value, "$", config, mistakes);
    return mistakes.empty() ? std::string() : mistakes.front().where + ": " + mistakes.front().what;
  };
  row.write = [](const tenant_config& config) { return write_overrides(config.alerts.overrides); };
  return row;
}

setting notify_list() {
  setting row{"alerts.notify"};
  row.read_parts = [](const json& value, const std::string& path, tenant_config& config,
                      std::vector<error>& mistakes) {
    config.alerts.notify = read_channels(value, path, mistakes);
  };
  row.write = [](const tenant_config& config) { return write_channels(config.alerts.notify); };
  return row;
}

setting required(setting row) {
  row.required = true;
  return row;
}

setting organization_id() {
  setting row{"organization.id"};
  row.is_text = true;
  row.read = [](const json& value, tenant_config& config) {
    auto given = value.is_string() ? value.get<std::string>() : std::string();
    std::transform(given.begin(), given.end(), given.begin(),
                   [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; });
    const auto id = org_id::parse(given);
    if (!id) {
      return instead("must be a UUID of version 4, as 6f1e2d3c-4b5a-4678-9abc-def012345678", value);
    }
    config.organization.id = *id;
    return std::string();
  };
  row.write = [](const tenant_config& config) { return json(config.organization.id.text()); };
  return row;
}

// Its value never stands in a message.
setting server_api_key() {
  setting row{"server.api_key"};
  row.is_text = true;
  row.read = [](const json& value, tenant_config& config) {
    const auto key = api_key::parse(value.is_string() ? value.get_ref<const std::string&>() : std::string());
    if (!key) {
      return std::string(
          "must be afk_ and base64url, 64 hexadecimal digits, or base64url, of 32 bytes or more");
    }
    config.server.api_key = *key;
    return std::string();
  };
  row.write = [](const tenant_config& config) { return json(config.server.api_key.reveal()); };
  return row;
}

// "a, b" as a list of texts.
json words_of(std::string_view text) {
  auto words = json::array();
  while (!text.empty()) {
    auto word = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    word.remove_prefix(std::min(word.size(), word.find_first_not_of(' ')));
    word = word.substr(0, word.find_last_not_of(' ') + 1);
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

setting server_tls_mode() {
  struct name {
    std::string_view text;
    tls_mode mode;
  };
  static constexpr std::array names{name{"auto", tls_mode::automatic}, name{"on", tls_mode::on},
                                    name{"off", tls_mode::off}};
  setting row{"server.tls.mode"};
  row.is_text = true;
  row.read = [](const json& value, tenant_config& config) {
    const auto given = value.is_string() ? value.get<std::string>() : std::string();
    const auto* found = std::ranges::find(names, given, &name::text);
    if (found == names.end()) return instead(R"(must be "auto", "on" or "off")", value);
    config.server.tls.mode = found->mode;
    return std::string();
  };
  row.write = [](const tenant_config& config) {
    return json(std::ranges::find(names, config.server.tls.mode, &name::mode)->text);
  };
  return row;
}

// A list, or one text with commas as a command line gives it.
setting server_trusted_proxies() {
  setting row{"server.trusted_proxies"};
  row.is_text = true;
  row.read = [](const json& value, tenant_config& config) {
    constexpr std::size_t most = 100;
    const auto wanted = instead(
        R"(must be a list of at most 100 addresses and networks, as ["192.0.2.7", "10.0.0.0/8"])", value);
    if (!value.is_array() && !value.is_string()) return wanted;
    std::vector<ip_network> found;
    const auto words = value.is_array() ? value : words_of(value.get_ref<const std::string&>());
    for (const auto& word : words) {
      const auto network =
          word.is_string() ? ip_network::parse(word.get_ref<const std::string&>()) : std::nullopt;
      if (!network) {
        return instead("must hold IP addresses and networks without a bit beyond their length, as 10.0.0.0/8",
                       word);
      }
      found.push_back(*network);
    }
    if (found.size() > most) return wanted;
    config.server.trusted_proxies = std::move(found);
    return std::string();
  };
  row.write = [](const tenant_config& config) {
    auto list = json::array();
    for (const auto& one : config.server.trusted_proxies) list.push_back(one.text());
    return list;
  };
  return row;
}

// The member of a configuration, const or not.
#define FIELD(member) [](auto& config) -> auto& { return config.member; }

std::vector<setting> make_settings() {
  return {
      required(text("organization.name", accept_name, FIELD(organization.name))),
      required(organization_id()),
      text("organization.contact", accept_contact, FIELD(organization.contact)),
      text("organization.time_zone", accept_time_zone, FIELD(organization.time_zone)),
      text("server.host", accept_address, FIELD(server.host)),
      whole("server.port", 1, 65'535, FIELD(server.port)),
      optional_text("server.url", accept_server_url, FIELD(server.url)),
      required(server_api_key()),
      whole("server.history_size", 1, 100'000, FIELD(server.history_size)),
      whole("server.max_connections_per_address", 16, 4'096, FIELD(server.max_connections_per_address)),
      server_trusted_proxies(),
      yes_or_no("server.allow_plain_http", FIELD(server.allow_plain_http)),
      server_tls_mode(),
      optional_text("server.tls.certificate", accept_path, FIELD(server.tls.certificate)),
      optional_text("server.tls.private_key", accept_path, FIELD(server.tls.private_key)),
      text("broker.url", accept_broker_url, FIELD(broker.url)),
      optional_text("broker.ca_file", accept_path, FIELD(broker.ca_file)),
      whole("broker.limits.host_messages", 1, 1'000'000, FIELD(broker.limits.host_messages)),
      whole("broker.limits.host_bytes", 1'024, 4'000'000'000, FIELD(broker.limits.host_bytes)),
      whole("broker.limits.messages", 1, 1'000'000, FIELD(broker.limits.messages)),
      whole("broker.limits.bytes", 1'024, 4'000'000'000, FIELD(broker.limits.bytes)),
      whole("broker.limits.connections", 1, 1'000'000, FIELD(broker.limits.connections)),
      whole("broker.canary_interval", 0, day, FIELD(broker.canary_interval)),
      whole("agent.report_interval", 1, day, FIELD(agent.report_interval)),
      whole("agent.retry_interval", 1, 3'600, FIELD(agent.retry_interval)),
      whole("agent.connection_timeout", 1, 300, FIELD(agent.connection_timeout)),
      text("branding.dashboard_title", accept_title, FIELD(branding.dashboard_title)),
      text("branding.primary_color", accept_color, FIELD(branding.primary_color)),
      optional_text("branding.secondary_color", accept_color, FIELD(branding.secondary_color)),
      optional_text("branding.logo_url", accept_logo_url, FIELD(branding.logo_url)),
      yes_or_no("alerts.enabled", FIELD(alerts.enabled)),
      percent("alerts.cpu_threshold", 1, FIELD(alerts.cpu_threshold)),
      percent("alerts.memory_threshold", 1, FIELD(alerts.memory_threshold)),
      percent("alerts.disk_threshold", 1, FIELD(alerts.disk_threshold)),
      whole("alerts.hold_seconds", 0, day, FIELD(alerts.hold_seconds)),
      percent("alerts.clear_margin", 0, FIELD(alerts.clear_margin)),
      whole("alerts.offline_after", 1, day, FIELD(alerts.offline_after)),
      optional_level("alerts.cpu_critical", alert_rule::cpu, FIELD(alerts.cpu_critical)),
      optional_level("alerts.memory_critical", alert_rule::memory, FIELD(alerts.memory_critical)),
      optional_level("alerts.disk_warning", alert_rule::disk, FIELD(alerts.disk_warning)),
      optional_level("alerts.swap.warning", alert_rule::swap, FIELD(alerts.swap.warning)),
      optional_level("alerts.swap.critical", alert_rule::swap, FIELD(alerts.swap.critical)),
      optional_level("alerts.load.warning", alert_rule::load, FIELD(alerts.load.warning)),
      optional_level("alerts.load.critical", alert_rule::load, FIELD(alerts.load.critical)),
      optional_level("alerts.disk_full.warning", alert_rule::disk_full, FIELD(alerts.disk_full.warning)),
      optional_level("alerts.disk_full.critical", alert_rule::disk_full, FIELD(alerts.disk_full.critical)),
      optional_level("alerts.temperature.warning", alert_rule::temperature,
                     FIELD(alerts.temperature.warning)),
      optional_level("alerts.temperature.critical", alert_rule::temperature,
                     FIELD(alerts.temperature.critical)),
      optional_level("alerts.battery.warning", alert_rule::battery, FIELD(alerts.battery.warning)),
      optional_level("alerts.battery.critical", alert_rule::battery, FIELD(alerts.battery.critical)),
      optional_level("alerts.traffic.warning", alert_rule::traffic, FIELD(alerts.traffic.warning)),
      optional_level("alerts.traffic.critical", alert_rule::traffic, FIELD(alerts.traffic.critical)),
      alert_overrides(),
      whole("alerts.group_seconds", 1, 3'600, FIELD(alerts.group_seconds)),
      text("alerts.templates.subject", accept_template, FIELD(alerts.templates.subject)),
      text("alerts.templates.text", accept_template, FIELD(alerts.templates.text)),
      notify_list(),
      whole("history.raw_days", 1, 36'500, FIELD(history.raw_days)),
      whole("history.minute_days", 1, 36'500, FIELD(history.minute_days)),
      whole("history.hour_days", 1, 36'500, FIELD(history.hour_days)),
      text("history.store", accept_store, FIELD(history.store)),
  };
}

#undef FIELD

}  // namespace

const std::vector<setting>& all_settings() {
  static const auto settings = make_settings();
  return settings;
}

const setting* find_setting(std::string_view key) {
  const auto& settings = all_settings();
  const auto found = std::find_if(settings.begin(), settings.end(),
                                  [key](const setting& candidate) { return candidate.key == key; });
  return found == settings.end() ? nullptr : &*found;
}

}  // namespace atlas::tenants
