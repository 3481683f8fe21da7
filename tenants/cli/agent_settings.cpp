#include "tenants/cli/agent_settings.hpp"

#include "broker/files.hpp"
#include "tenants/cli/broker_sync.hpp"
#include "tenants/private_file.hpp"
#include "tenants/rotation.hpp"

#include <filesystem>

#include <fmt/format.h>

namespace atlas::cli {

namespace {

// The CA's certificate, which every agent of this root trusts and nothing else.
tl::expected<std::string, int> read_ca(context& ctx, const tenants::tenant_config& config) {
  constexpr std::size_t max_bytes = 1 << 16;
  const auto file = config.broker.ca_file.value_or(ctx.root.ca_file());
  std::error_code ignored;
  // The broker's files make the root's own CA.
  if (!config.broker.ca_file && !std::filesystem::exists(file, ignored) && !sync(ctx)) {
    return tl::unexpected(+failed);
  }
  auto text = tenants::read_file(file, max_bytes);
  if (!text) return tl::unexpected(report(ctx, text.error()));
  if (text->find("-----BEGIN CERTIFICATE-----") == std::string::npos ||
      text->find("PRIVATE KEY-----") != std::string::npos) {
    return tl::unexpected(report(
        ctx, error{file.string(), "must hold the CA's certificate in PEM form, and nothing that is secret"}));
  }
  return *text;
}

std::string format_config(const agent_settings& settings, std::string_view ca, std::string_view password) {
  const auto& config = settings.org.config;
  return json{{"server_url", settings.server_url},
              {"organization_id", config.organization.id.text()},
              {"host_id", settings.host.id.text()},
              {"password", password},
              {"ca_pem", ca},
              {"report_interval", config.agent.report_interval},
              {"retry_interval", config.agent.retry_interval},
              {"connection_timeout", config.agent.connection_timeout}}
      .dump(2);
}

}  // namespace

tl::expected<host_id, int> parse_host(context& ctx, std::string_view text) {
  const auto id = host_id::parse(text);
  if (id) return *id;
  return tl::unexpected(
      report(ctx,
             error{fmt::format("'{}'", text),
                   "is no host id: it has 1 to 64 letters, digits, dots, dashes and underscores, as web-1"},
             usage));
}

tl::expected<agent_settings, int> make_agent_settings(context& ctx, std::string_view org,
                                                      const std::optional<std::string>& host,
                                                      const std::optional<std::string>& server_url) {
  if (!host) {
    return tl::unexpected(report(
        ctx, error{"--host", "is needed: every host has a password of its own, so this is made for one host"},
        usage));
  }
  const auto id = parse_host(ctx, *host);
  if (!id) return tl::unexpected(id.error());
  auto found = find_org(ctx, org);
  if (!found) return tl::unexpected(found.error());
  const auto url = server_url.value_or(found->config.broker.url);
  if (const auto address = broker::parse_broker_url(url); !address) {
    return tl::unexpected(report(ctx, error{"--server-url", address.error().what}, usage));
  }
  const auto ca = read_ca(ctx, found->config);
  if (!ca) return tl::unexpected(ca.error());

  auto registry = open_registry(ctx, *found);
  if (!registry) return tl::unexpected(registry.error());
  const auto keys = tenants::read_key_ring(ctx.root, *found);
  if (!keys) return tl::unexpected(report(ctx, keys.error()));
  auto known = registry->host(*id);
  // One that a rotation of the key has cut off comes back as a new one would.
  if (known && *known && !keys->host_password(**known)) {
    if (const auto revoked = registry->revoke_host(*id); !revoked) {
      return tl::unexpected(report(ctx, revoked.error()));
    }
    known->reset();
  }
  if (!known) return tl::unexpected(report(ctx, known.error()));
  const auto registered = *known ? result<tenants::registered_host>(**known) : registry->add_host(*id, now());
  if (!registered) return tl::unexpected(report(ctx, registered.error()));
  if (!*known && !sync(ctx)) return tl::unexpected(+failed);
  const auto password = keys->host_password(*registered);
  if (!password) {
    return tl::unexpected(
        report(ctx, error{std::string(id->text()), "the API key has changed at this moment: try again"}));
  }

  agent_settings settings{std::move(*found), *registered, !*known, url, {}};
  settings.config = format_config(settings, *ca, *password);
  return settings;
}

}  // namespace atlas::cli
