#pragma once

#include "core/fleet.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atlas::web {

// By what hosts stand together. With tags a host stands in the group of each.
enum class host_grouping { none, tag, system, subnet };

std::optional<host_grouping> parse_grouping(std::string_view name);  // "", "tag", "os", "subnet"

// The groups that a host belongs to: its tags; "Debian GNU/Linux 12 (bookworm)"; "192.0.2.0/24" or
// "2001:db8:0:1::/64", of its first address that others can reach. Empty text: none of these is known.
std::vector<std::string> groups_of(const host_state& host, host_grouping by);

struct grouped_hosts {
  std::string name;
  std::size_t trouble = 0;
  std::vector<const host_state*> hosts;
};

// In natural order of their names, hosts without one last; within a group in the order of `hosts`. Where
// there would be more than `max_groups`, the hosts of further ones stand with those without one.
inline constexpr std::size_t max_groups = 500;
std::vector<grouped_hosts> group_hosts(const std::vector<const host_state*>& hosts, host_grouping by);

}  // namespace atlas::web
