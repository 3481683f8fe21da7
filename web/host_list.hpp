#pragma once

#include "core/fleet.hpp"
#include "web/host_order.hpp"
#include "web/host_search.hpp"
#include "web/url.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atlas::web {

// Where a host stands in an order: by its key, then by its id.
struct host_position {
  double key = 0;  // negated in a descending order
  std::string id;
};

// What GET /api/v1/hosts asks for.
struct host_list_query {
  static constexpr std::size_t default_limit = 100;
  static constexpr std::size_t max_limit = 1000;

  std::vector<host_presence> states;  // empty: all
  host_search search;
  std::vector<std::string> tags;  // all of them
  host_sort sort;                 // not by a text: a cursor holds a number and an id
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
