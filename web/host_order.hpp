#pragma once

#include "core/error.hpp"
#include "core/fleet.hpp"
#include "web/host_figure.hpp"

#include <string>
#include <string_view>

namespace atlas::web {

// What hosts are sorted by.
//   id         the name
//   state      best first: online, sleeping, stopped, unknown, silent, lost
//   trouble    worst first: critical alerts, lost, silent, warnings, then by state
//   last_seen  when it was last heard of
//   system     the version of the operating system
//   agent      the version of the agent
//   figure     a number; a host without it is below all others
enum class host_order { id, state, trouble, last_seen, system, agent, figure };

struct host_sort {
  host_order by = host_order::id;
  host_figure figure = host_figure::cpu;  // for host_order::figure
  bool descending = false;

  // "cpu", "-cpu": the names above, and those of the figures.
  static result<host_sort> parse(std::string_view text);
  friend bool operator==(const host_sort&, const host_sort&) = default;
};

// Where a host stands: by the number, then by the text. The text is empty unless the order is by one.
struct host_key {
  double number = 0;
  std::string_view text;  // of the host
};
host_key key_of(const host_state& host, const host_sort& sort);

// "web-2" before "web-10": runs of digits compare as numbers; upper and lower case alike at first.
bool natural_less(std::string_view a, std::string_view b);

}  // namespace atlas::web
