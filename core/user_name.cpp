#include "core/user_name.hpp"

namespace atlas {

namespace {

constexpr std::string_view middle = "/host/";
constexpr std::string_view canary = "/canary";
constexpr std::size_t uuid_size = 36;

}  // namespace

std::optional<user_name> parse_user_name(std::string_view text) {
  const auto org = org_id::parse(text.substr(0, uuid_size));
  if (!org) {
    return std::nullopt;
  }
  text.remove_prefix(uuid_size);
  if (text.empty()) {
    return user_name{*org, std::nullopt};
  }
  if (text == canary) {
    return user_name{*org, std::nullopt, true};
  }
  if (!text.starts_with(middle) || !host_id::is_valid(text.substr(middle.size()))) {
    return std::nullopt;
  }
  return user_name{*org, *host_id::parse(text.substr(middle.size()))};
}

std::string host_user_name(const org_id& org, const host_id& host) {
  std::string text(org.text());
  text += middle;
  text += host.text();
  return text;
}

std::string ingest_user_name(const org_id& org) { return std::string(org.text()); }

std::string canary_user_name(const org_id& org) { return std::string(org.text()).append(canary); }

}  // namespace atlas
