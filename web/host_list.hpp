#pragma once

#include "core/fleet.hpp"
#include "web/url.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atlas::web {

enum class host_order { id, state, cpu, memory, disk, last_seen };

// Where a host stands in an order: by its key, then by its id.
struct host_position {
  double key = 0;  // negated in a descending order
  std::string id;
};

// What GET /api/v1/hosts asks for.
struct host_list_query {
  static constexpr std::size_t default_limit = 100;
  static constexpr std::size_t max_limit = 1000;
  static constexpr std::size_t max_search_bytes = 256;

  std::vector<host_presence> states;  // empty: all
  std::string search;                 // lower case; in the id, the host name or the operating system
  std::vector<std::string> tags;      // all of them
  host_order order = host_order::id;
  bool descending = false;
  std::size_t limit = default_limit;
  std::optional<host_position> after;  // the last row of the page before

  // `where` of the error is the parameter at fault.
  static result<host_list_query> parse(const query_parameters& parameters);
};

struct host_page {
  std::vector<const host_state*> hosts;
  std::optional<std::string> next;  // the cursor of the page that follows
};

// A page by keys, not by position: hosts that come and go do not make others appear twice or not at all.
host_page list_hosts(const std::vector<const host_state*>& all, const host_list_query& query);

}  // namespace atlas::web
