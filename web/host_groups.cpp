#include "web/host_groups.hpp"

#include "core/ip_network.hpp"
#include "web/host_figure.hpp"
#include "web/host_order.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

namespace atlas::web {

namespace {

// Of an interface's address, such as "192.0.2.7/24" or "fe80::1%eth0"; empty for one that others cannot
// reach.
std::string subnet_of(std::string text) {
  text.resize(std::min(text.size(), text.find_first_of("/%")));
  in_addr four{};
  if (::inet_pton(AF_INET, text.c_str(), &four) == 1) {
    const auto bits = ntohl(four.s_addr);
    const bool unreachable = bits >> 24 == 127 || bits >> 16 == 0xa9fe;  // loopback, link-local
    return unreachable ? "" : fmt::format("{}.{}.{}.0/24", bits >> 24, bits >> 16 & 0xff, bits >> 8 & 0xff);
  }
  in6_addr six{};
  if (::inet_pton(AF_INET6, text.c_str(), &six) != 1 || IN6_IS_ADDR_LOOPBACK(&six) ||
      IN6_IS_ADDR_LINKLOCAL(&six)) {
    return "";
  }
  std::fill(std::begin(six.s6_addr) + 8, std::end(six.s6_addr), std::uint8_t{0});
  char shown[INET6_ADDRSTRLEN] = {};
  ::inet_ntop(AF_INET6, &six, shown, sizeof shown);
  return fmt::format("{}/64", shown);
}

std::string subnet_of(const std::vector<std::string>& addresses) {
  for (const auto& each : addresses) {
    if (auto subnet = subnet_of(each); !subnet.empty()) {
      return subnet;
    }
  }
  return "";
}

}  // namespace

std::optional<host_grouping> parse_grouping(std::string_view name) {
  if (name.empty()) {
    return host_grouping::none;
  }
  if (name == "tag") {
    return host_grouping::tag;
  }
  if (name == "os") {
    return host_grouping::system;
  }
  return name == "subnet" ? std::optional(host_grouping::subnet) : std::nullopt;
}

std::vector<std::string> groups_of(const host_state& host, host_grouping by) {
  static const host_info nothing;
  const auto& info = host.info ? *host.info : nothing;
  switch (by) {
    case host_grouping::none: break;
    case host_grouping::tag:
      if (!host.tags.empty()) {
        return host.tags;
      }
      break;
    case host_grouping::system: return {info.version.empty() ? info.os : info.version};
    case host_grouping::subnet: return {subnet_of(info.addresses)};
  }
  return {""};
}

std::vector<grouped_hosts> group_hosts(const std::vector<const host_state*>& hosts, host_grouping by) {
  std::vector<grouped_hosts> groups;
  std::unordered_map<std::string, std::size_t> places;
  for (const auto* host : hosts) {
    for (auto& name : groups_of(*host, by)) {
      auto found = places.find(name);
      if (found == places.end()) {
        if (groups.size() >= max_groups) {
          name.clear();
        }
        found = places.try_emplace(name, groups.size()).first;
        if (found->second == groups.size()) {
          groups.push_back({name, 0, {}});
        }
      }
      auto& group = groups[found->second];
      if (group.hosts.empty() || group.hosts.back() != host) {
        group.hosts.push_back(host);
        group.trouble += is_in_trouble(*host) ? 1 : 0;
      }
    }
  }
  std::ranges::sort(groups, [](const grouped_hosts& a, const grouped_hosts& b) {
    return a.name.empty() != b.name.empty() ? b.name.empty() : natural_less(a.name, b.name);
  });
  return groups;
}

}  // namespace atlas::web
