// What a new organisation is to be, checked answer by answer.
#include "broker/listener.hpp"
#include "tenants/cli/conflicts.hpp"
#include "tenants/cli/palette.hpp"
#include "tenants/cli/setup.hpp"
#include "tenants/slug.hpp"

#include <array>
#include <filesystem>

#include <fmt/format.h>
#include <sodium.h>

namespace atlas::cli {

namespace {

org_id random_org_id() {
  std::array<std::uint8_t, 16> bytes;
  randombytes_buf(bytes.data(), bytes.size());
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);  // RFC 4122: version 4 …
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);  // … of its own variant
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    text += fmt::format("{}{:02x}", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", bytes[i]);
  }
  return org_id::parse(text).value();
}

tl::unexpected<error> wrong(std::string what) { return failure("wrong", std::move(what)); }
tl::unexpected<error> taken(std::string what) { return failure("taken", std::move(what)); }

// The key's value as a person would type it.
std::string value_of(const tenants::tenant_config& config, std::string_view key) {
  const auto document = json::parse(tenants::format_tenant_config(config));
  const auto dot = key.find('.');
  const auto& value = document.at(std::string(key.substr(0, dot))).at(std::string(key.substr(dot + 1)));
  if (value.is_null()) return "none";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace

const std::vector<setup_question>& setup_questions() {
  static const std::vector<setup_question> questions{
      {"name", "organization.name", "Name", topic::organization},
      {"slug", "slug", "Short name, for commands and folders", topic::organization},
      {"contact", "organization.contact", "Contact e-mail (may stay empty)", topic::organization},
      {"host", "server.host", "Listen on (0.0.0.0: for other machines too)", topic::dashboard},
      {"port", "server.port", "Port", topic::dashboard},
      {"title", "branding.dashboard_title", "Title", topic::look},
      {"primary-color", "branding.primary_color", "Colour (a name, or #rrggbb)", topic::look},
      {"secondary-color", "branding.secondary_color", "Second colour", topic::look},
      {"logo-url", "branding.logo_url", "Logo (https:// or data:image/)", topic::look},
      {"broker-url", "broker.url", "Broker address, as the machines reach it", topic::broker},
      {"cpu-threshold", "alerts.cpu_threshold", "Alert when the CPU is at, in %", topic::details},
      {"memory-threshold", "alerts.memory_threshold", "Alert when the memory is at, in %", topic::details},
      {"disk-threshold", "alerts.disk_threshold", "Alert when a disk is at, in %", topic::details},
      {"report-interval", "agent.report_interval", "Seconds between samples", topic::details},
      {"history-size", "server.history_size", "Samples kept of each host", topic::details},
      {"admin-user", "admin", "Administrator's login", topic::admin},
  };
  return questions;
}

std::string_view heading_of(topic about) {
  switch (about) {
    case topic::organization: return "Organisation";
    case topic::dashboard: return "Dashboard";
    case topic::look: return "Look";
    case topic::broker: return "Broker";
    case topic::details: return "Alerts and intervals";
    case topic::admin: return "Login";
  }
  return "";
}

setup_draft::setup_draft(const context& ctx, std::vector<tenants::tenant> others)
    : root_(ctx.root),
      others_(std::move(others)),
      plan_{.slug = {},
            .config = {.organization = {.name = {}, .id = random_org_id(), .contact = {}},
                       .server = {},
                       .broker = {},
                       .agent = {},
                       .branding = {},
                       .alerts = {},
                       .history = {}},
            .admin_password = {}} {
  auto& config = plan_.config;
  config.server.api_key = api_key::generate();
  config.branding.primary_color = unused_color(others_);
  if (!others_.empty()) config.broker = others_.front().config.broker;
  config.server.port = free_port(others_, config.server.host);
}

std::string setup_draft::offered(const setup_question& question) const {
  if (question.key == "slug") return plan_.slug.empty() ? free_slug() : plan_.slug;
  if (question.key == "admin") return plan_.admin_user;
  if (question.key == "organization.name") return plan_.config.organization.name;
  if (question.key == "branding.dashboard_title" && plan_.config.branding.dashboard_title.empty()) {
    return plan_.config.organization.name + " Fleet";
  }
  if (question.key == "server.port" && !port_given_) {
    return std::to_string(free_port(others_, plan_.config.server.host));
  }
  const auto value = value_of(plan_.config, question.key);
  return question.key.ends_with("_color") ? std::string(name_of(value)) : value;
}

result<void> setup_draft::take(const setup_question& question, const std::string& answer) {
  if (question.key == "organization.name") return take_name(answer);
  if (question.key == "slug") return take_slug(answer);
  if (question.key == "server.port") return take_port(answer);
  if (question.key == "broker.url") return take_broker(answer);
  if (question.key == "admin") {
    if (const auto good = tenants::registry::check_user_name(answer); !good) return wrong(good.error().what);
    plan_.admin_user = answer;
    return {};
  }
  if (question.key.ends_with("_color")) return take_color(question.key, answer);
  if (const auto set = tenants::set_value(plan_.config, question.key, answer); !set) {
    return wrong(set.error().what);
  }
  return {};
}

result<void> setup_draft::take_name(const std::string& answer) {
  if (const auto reason = name_conflict(others_, {}, answer); !reason.empty()) {
    return taken(fmt::format("'{}' {}", answer, reason));
  }
  const auto set = tenants::set_value(plan_.config, "organization.name", answer);
  return set ? result<void>() : wrong(set.error().what);
}

result<void> setup_draft::take_color(std::string_view key, const std::string& answer) {
  const auto set = tenants::set_value(plan_.config, key, color_of(answer));
  if (set) return {};
  const auto near = nearest_color(answer);
  return wrong(near.empty() ? set.error().what
                            : fmt::format("'{}' is no colour; did you mean {}?", answer, near));
}

result<void> setup_draft::take_slug(const std::string& answer) {
  if (!tenants::is_slug(answer)) {
    return wrong(
        fmt::format("must be lower case letters, digits and dashes, as acme-corp, not '{}'", answer));
  }
  if (is_slug_taken(answer)) return taken(fmt::format("'{}' is taken", answer));
  plan_.slug = answer;
  return {};
}

result<void> setup_draft::take_port(const std::string& answer) {
  auto changed = plan_.config;
  if (const auto set = tenants::set_value(changed, "server.port", answer); !set)
    return wrong(set.error().what);
  const auto port = changed.server.port;
  if (const auto reason = port_conflict(others_, {}, port); !reason.empty()) {
    return taken(fmt::format("port {} {}", port, reason));
  }
  if (is_port_bound(changed.server.host, port)) {
    return taken(fmt::format("port {} is in use by another program", port));
  }
  plan_.config = std::move(changed);
  port_given_ = true;
  return {};
}

result<void> setup_draft::take_broker(const std::string& answer) {
  const auto address = broker::parse_broker_url(answer);
  const auto set = tenants::set_value(plan_.config, "broker.url", answer);
  if (!set) return wrong(set.error().what);
  if (!address) return wrong(address.error().what);
  if (address->port == plan_.config.server.port) {
    return wrong(fmt::format("port {} is the dashboard's: the broker needs another", address->port));
  }
  if (const auto reason = broker_conflict(others_, {}, answer); !reason.empty()) {
    return taken(fmt::format("{} {}", answer, reason));
  }
  return {};
}

std::string setup_draft::free_slug() const {
  auto slug = tenants::slug_of(plan_.config.organization.name);
  if (slug.empty()) slug = "org";
  if (!is_slug_taken(slug)) return slug;
  for (int number = 2;; ++number) {
    const auto numbered = fmt::format("{}-{}", slug.substr(0, 30), number);
    if (!is_slug_taken(numbered)) return numbered;
  }
}

bool setup_draft::is_slug_taken(const std::string& slug) const {
  std::error_code ignored;
  if (std::filesystem::exists(root_.tenant_dir(slug), ignored)) return true;
  // A slug that is another's name would name two organisations.
  return !name_conflict(others_, {}, slug).empty();
}

}  // namespace atlas::cli
