#include "tenants/server_tls.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <arpa/inet.h>
#include <unistd.h>

namespace atlas::tenants {

namespace {

bool is_wildcard(std::string_view host) { return host == "0.0.0.0" || host == "::"; }

// What a certificate may bear: an address, or a name of letters, digits, dots and dashes.
bool is_bearable(std::string_view name) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  const std::string text(name);
  if (::inet_pton(AF_INET, text.c_str(), address.data()) == 1 ||
      ::inet_pton(AF_INET6, text.c_str(), address.data()) == 1) {
    return true;
  }
  return !name.empty() && name.front() != '.' && name.front() != '-' && name.back() != '.' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-';
         });
}

// "fleet.example.com" of "https://fleet.example.com:8768".
std::string host_of(std::string_view url) {
  url.remove_prefix(std::min(url.size(), url.find("//") + 2));
  if (url.starts_with('[')) return std::string(url.substr(1, url.find(']') - 1));
  return std::string(url.substr(0, url.find_first_of(":/")));
}

}  // namespace

std::string machine_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 && name[0] != 0 ? name.data() : "localhost";
}

bool is_loopback(std::string_view host) {
  const std::string text(host);
  in_addr v4{};
  if (::inet_pton(AF_INET, text.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  if (::inet_pton(AF_INET6, text.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6);
  return text == "localhost";
}

certificate_source certificate_source_of(const tenant_config& config) {
  const auto& tls = config.server.tls;
  switch (tls.mode) {
    case tls_mode::off: return certificate_source::none;
    case tls_mode::on: return tls.certificate ? certificate_source::given : certificate_source::local_ca;
    case tls_mode::automatic:
      if (tls.certificate) return certificate_source::given;
      return is_loopback(config.server.host) ? certificate_source::none : certificate_source::local_ca;
  }
  return certificate_source::none;
}

certificate_files certificate_files_of(const state_root& root, const tenant& org) {
  switch (certificate_source_of(org.config)) {
    case certificate_source::none: return {};
    case certificate_source::given:
      return {*org.config.server.tls.certificate, *org.config.server.tls.private_key};
    case certificate_source::local_ca: {
      const auto both = root.server_certificate(org.slug);
      return {both, both};
    }
  }
  return {};
}

std::vector<std::string> server_names(const tenant_config& config) {
  std::vector<std::string> names;
  const auto add = [&names](const std::string& name) {
    if (is_bearable(name) && std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(name);
  };
  if (config.server.url) add(host_of(*config.server.url));
  if (!is_wildcard(config.server.host)) add(config.server.host);
  add(machine_name());
  for (const auto* own : {"localhost", "127.0.0.1", "::1"}) add(own);
  return names;
}

}  // namespace atlas::tenants
