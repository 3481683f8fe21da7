#include "web/view_request.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace atlas::web {

view_request view_request::read(json_object& members) {
  constexpr std::size_t longest_name = 32;
  view_request asked;
  asked.typed = members.text("q", host_search::max_bytes);
  asked.search = host_search(asked.typed);
  if (const auto name = members.text("sort", longest_name); !name.empty()) {
    const auto sort = host_sort::parse(name);
    if (sort) {
      asked.sort = *sort;
    } else {
      members.add_mistake("sort", sort.error().what);
    }
  }
  const auto group = parse_grouping(members.text("group", longest_name));
  if (!group) {
    members.add_mistake("group", "must be tag, os or subnet");
  }
  asked.group = group.value_or(host_grouping::none);
  asked.from = members.whole("from");
  asked.count = std::min<std::size_t>(members.whole("count"), max_count);
  asked.hold = members.truth("hold");
  if (const auto name = members.text("heat", longest_name); !name.empty()) {
    asked.heat = parse_figure(name);
    if (!asked.heat) {
      members.add_mistake("heat", fmt::format("must be one of {}", figure_names()));
    }
  }
  return asked;
}

}  // namespace atlas::web
