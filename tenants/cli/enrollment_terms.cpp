#include "tenants/cli/enrollment_terms.hpp"

#include "tenants/server_url.hpp"

#include <charconv>

#include <fmt/format.h>

namespace atlas::cli {

tl::expected<std::optional<unix_ms>, int> read_expiry(context& ctx, const arguments& args) {
  const auto text = args.value("expires");
  if (!text) return std::nullopt;
  const auto duration = parse_duration(*text);
  if (!duration) return tl::unexpected(report(ctx, error{"--expires", duration.error().what}, usage));
  return now() + *duration;
}

tl::expected<enrollment_terms, int> read_enrollment_terms(context& ctx, const arguments& args) {
  const auto expires = read_expiry(ctx, args);
  if (!expires) return tl::unexpected(expires.error());
  enrollment_terms terms{args.value("label").value_or(""),
                         expires->value_or(now() + enrollment_terms::usual_life), std::nullopt};
  if (const auto text = args.value("uses")) {
    const auto* const end = text->data() + text->size();
    std::uint32_t uses = 0;
    const auto read = std::from_chars(text->data(), end, uses);
    if (read.ec != std::errc{} || read.ptr != end || uses == 0) {
      return tl::unexpected(report(ctx, error{"--uses", "must be a whole number from 1 on"}, usage));
    }
    terms.max_uses = uses;
  }
  return terms;
}

tl::expected<std::string, int> make_enrollment_token(context& ctx, const tenants::tenant& org,
                                                     const enrollment_terms& terms) {
  auto registry = open_registry(ctx, org);
  if (!registry) return tl::unexpected(registry.error());
  const auto& config = org.config;
  const auto derive = [&config](std::uint32_t number) {
    return derive_enrollment_token(config.server.api_key, config.organization.id, number);
  };
  auto token = registry->create_enrollment_token(terms, derive, now());
  if (!token) return tl::unexpected(report(ctx, token.error()));
  return std::move(token->secret);
}

void warn_of_reach(context& ctx, const tenants::tenant_config& config) {
  const auto url = tenants::server_url(config);
  if (url.starts_with("https://")) return;
  ctx.err << fmt::format(
      "note: only this machine itself can enrol at {}. For others, set server.host, server.url and a "
      "certificate: docs/MULTI_TENANT_GUIDE.md, \"Adding a machine\".\n",
      url);
}

}  // namespace atlas::cli
