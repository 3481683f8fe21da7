#include "web/host_order.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include <fmt/format.h>

namespace atlas::web {

namespace {

struct order_name {
  std::string_view name;
  host_order order;
};
constexpr std::array order_names{
    order_name{"id", host_order::id},           order_name{"state", host_order::state},
    order_name{"trouble", host_order::trouble}, order_name{"last_seen", host_order::last_seen},
    order_name{"system", host_order::system},   order_name{"agent", host_order::agent}};

// The better the state, the smaller.
int rank(host_presence presence) {
  switch (presence) {
    case host_presence::online: return 0;
    case host_presence::sleeping: return 1;
    case host_presence::stopped: return 2;
    case host_presence::unknown: return 3;
    case host_presence::silent: return 4;
    case host_presence::lost: return 5;
  }
  return 0;
}

// Small is urgent.
int urgency(const host_state& host) {
  enum { critical, lost, silent, warning, first_quiet };
  if (host.criticals > 0) {
    return critical;
  }
  if (host.presence.presence == host_presence::lost) {
    return lost;
  }
  if (host.presence.presence == host_presence::silent) {
    return silent;
  }
  return host.warnings > 0 ? warning : first_quiet + rank(host.presence.presence);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

// The digits at `from`, without leading zeros.
std::string_view digits_at(std::string_view text, std::size_t& from) {
  while (from < text.size() && text[from] == '0') {
    ++from;
  }
  const auto begin = from;
  while (from < text.size() && is_digit(text[from])) {
    ++from;
  }
  return text.substr(begin, from - begin);
}

}  // namespace

result<host_sort> host_sort::parse(std::string_view text) {
  host_sort sort;
  sort.descending = text.starts_with('-');
  text.remove_prefix(sort.descending ? 1 : 0);
  if (const auto figure = parse_figure(text)) {
    sort.by = host_order::figure;
    sort.figure = *figure;
    return sort;
  }
  const auto found = std::ranges::find(order_names, text, &order_name::name);
  if (found == order_names.end()) {
    return failure("sort",
                   fmt::format("must be id, state, trouble, last_seen, system, agent, or one of {}; with '-' "
                               "before it for the reverse",
                               figure_names()));
  }
  sort.by = found->order;
  return sort;
}

host_key key_of(const host_state& host, const host_sort& sort) {
  constexpr double none = -1;
  switch (sort.by) {
    case host_order::id: return {};
    case host_order::state: return {static_cast<double>(rank(host.presence.presence)), {}};
    case host_order::trouble: return {static_cast<double>(urgency(host)), {}};
    case host_order::last_seen: return {static_cast<double>(to_int(host.presence.last_seen)), {}};
    case host_order::system: return {0, host.info ? std::string_view(host.info->version) : ""};
    case host_order::agent: return {0, host.info ? std::string_view(host.info->agent_version) : ""};
    case host_order::figure: return {figure_of(host, sort.figure).value_or(none), {}};
  }
  return {};
}

bool natural_less(std::string_view a, std::string_view b) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (is_digit(a[i]) && is_digit(b[j])) {
      const auto first = digits_at(a, i);
      const auto second = digits_at(b, j);
      if (first.size() != second.size()) {
        return first.size() < second.size();
      }
      if (first != second) {
        return first < second;
      }
      continue;
    }
    const char x = lower(a[i++]);
    const char y = lower(b[j++]);
    if (x != y) {
      return x < y;
    }
  }
  if (a.size() - i != b.size() - j) {
    return a.size() - i < b.size() - j;
  }
  return a < b;  // "a01" and "a1" differ
}

}  // namespace atlas::web
