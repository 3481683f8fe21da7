#pragma once

#include "core/json_object.hpp"
#include "web/host_groups.hpp"
#include "web/host_order.hpp"
#include "web/host_search.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace atlas::web {

// What a browser shows of the fleet: which hosts, in which order, and which stretch of them.
//   {"type":"view","q":"state:lost","sort":"-cpu","group":"os","from":0,"count":60,"hold":false,"heat":"cpu"}
// Every member may be left out.
struct view_request {
  static constexpr std::size_t max_count = 500;

  std::string typed;  // the search as it was typed
  host_search search;
  host_sort sort{host_order::trouble, host_figure::cpu, false};
  host_grouping group = host_grouping::none;
  std::size_t from = 0;
  std::size_t count = 0;
  bool hold = false;                // somebody reads: nothing may change its place
  std::optional<host_figure> heat;  // a number of every host, for colours

  // Mistakes are the object's.
  static view_request read(json_object& members);
  bool is_same_list(const view_request& other) const {
    return typed == other.typed && sort == other.sort && group == other.group;
  }
};

}  // namespace atlas::web
