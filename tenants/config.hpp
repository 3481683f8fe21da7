#pragma once

#include "core/credentials.hpp"
#include "core/error.hpp"
#include "core/fleet.hpp"
#include "core/ip_network.hpp"
#include "core/notify_channel.hpp"
#include "core/org_id.hpp"
#include "tenants/alert_overrides.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atlas::tenants {

// When the dashboard speaks TLS: `automatic` wherever a certificate is given or another machine can come in.
enum class tls_mode { automatic, on, off };

// tenants/<slug>/tenant.json as an immutable value; docs/MULTI_TENANT_GUIDE.md describes each key.
struct tenant_config {
  struct organization_section {
    std::string name;
    org_id id;
    std::string contact;
    std::string time_zone = "UTC";  // of recurring silences
  };
  struct tls_section {
    tls_mode mode = tls_mode::automatic;
    std::optional<std::filesystem::path> certificate;  // PEM chain; both or none: the local CA's
    std::optional<std::filesystem::path> private_key;
  };
  struct server_section {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8768;
    std::optional<std::string> url;  // as other machines reach it; none: made of host and port
    atlas::api_key api_key;
    std::uint32_t history_size = 360;  // samples kept live per host
    std::uint32_t max_connections_per_address = 512;
    std::vector<ip_network> trusted_proxies;  // believed in X-Forwarded-For and X-Forwarded-Proto
    bool allow_plain_http = false;  // beyond this machine: passwords and tokens can be read on the way
    tls_section tls;
  };
  // What the broker's guard lets through; the rates are per second.
  struct limits_section {
    std::uint32_t host_messages = 1'000;  // of one host
    std::uint32_t host_bytes = 16'777'216;
    std::uint32_t messages = 60'000;  // of the whole organisation
    std::uint32_t bytes = 67'108'864;
    std::uint32_t connections = 20'000;
  };
  struct broker_section {
    std::string url = "mqtts://localhost:8883";
    std::optional<std::filesystem::path> ca_file;  // none: <root>/broker/certs/ca.crt
    limits_section limits;
    std::uint32_t canary_interval = 60;  // seconds between two rounds of what must fail; 0: none
  };
  struct agent_section {  // seconds
    std::uint32_t report_interval = 10;
    std::uint32_t retry_interval = 5;
    std::uint32_t connection_timeout = 10;
  };
  struct branding_section {
    std::string dashboard_title;
    std::string primary_color = "#00ff00";  // #rrggbb, lower case
    std::optional<std::string> secondary_color;
    std::optional<std::string> logo_url;
  };
  // In the rule's own unit; none: not watched.
  struct alert_pair {
    std::optional<double> warning;
    std::optional<double> critical;
  };
  struct alerts_section {
    bool enabled = true;
    double cpu_threshold = 90;  // percent
    double memory_threshold = 90;
    double disk_threshold = 90;
    std::uint32_t hold_seconds = 30;
    double clear_margin = 5;           // percent below the threshold
    std::uint32_t offline_after = 30;  // seconds
    // The thresholds of CPU and memory are warnings, that of a disk is critical.
    std::optional<double> cpu_critical;
    std::optional<double> memory_critical;
    std::optional<double> disk_warning;
    alert_pair swap;              // percent
    alert_pair load;              // 1-minute load for each core
    alert_pair disk_full{24, 4};  // hours
    alert_pair temperature;       // °C
    alert_pair battery{10, 5};    // percent
    alert_pair traffic;           // bytes per second
    std::vector<alert_override> overrides;
    std::uint32_t group_seconds = 30;  // alerts that come together are one message
    notify_templates templates;        // of every channel without its own
    std::vector<notify_channel> notify;
  };
  struct history_section {
    std::uint32_t raw_days = 2;
    std::uint32_t minute_days = 30;
    std::uint32_t hour_days = 730;
    std::string store = "sqlite";
  };

  organization_section organization;
  server_section server;
  broker_section broker;
  agent_section agent;
  branding_section branding;
  alerts_section alerts;
  history_section history;

  // The alert rules as the fleet takes them.
  fleet_rules rules() const;
  // What the channels want to hear of, as the planner takes it.
  notify_rules notifications() const;
};

// Every mistake of a file at once; `where` of each is "<file>: <JSON path>", as in "tenant.json:
// $.server.port".
using config_errors = std::vector<error>;

tl::expected<tenant_config, config_errors> parse_tenant_config(std::string_view json,
                                                               std::string_view file_name);
tl::expected<tenant_config, config_errors> load_tenant_config(const std::filesystem::path& file);
std::string format_tenant_config(const tenant_config& config);
// The same with every secret of it made unreadable, to be shown.
std::string format_masked_config(const tenant_config& config);
// One value, given as text, as a command line or a person gives it: "server.port", "8768". `where` of an
// error is the key. How the values fit together is not looked at: format and parse the whole for that.
result<void> set_value(tenant_config& config, std::string_view key, std::string_view text);
// Every key of the file, as "server.port", in the order of the file.
std::vector<std::string_view> setting_keys();
// Written beside and renamed, mode 0600.
result<void> save_tenant_config(const tenant_config& config, const std::filesystem::path& file);

}  // namespace atlas::tenants
