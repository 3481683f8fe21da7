#include "web/host_list.hpp"

#include "core/base64url.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <limits>
#include <span>

#include <fmt/format.h>

namespace atlas::web {

namespace {

bool is_wanted(const host_state& host, const host_list_query& query) {
  if (!query.states.empty() &&
      std::ranges::find(query.states, host.presence.presence) == query.states.end()) {
    return false;
  }
  if (!query.search.fits(host)) {
    return false;
  }
  return std::ranges::all_of(query.tags, [&](const std::string& tag) {
    return std::ranges::find(host.tags, tag) != host.tags.end();
  });
}

struct row {
  double key;  // negated when descending, so that one comparison serves both
  const host_state* host;
  std::string_view id() const { return host->id.text(); }
};

struct row_order {
  bool reverse_ids;  // only "-id" turns the ids around; within equal figures they always ascend
  bool operator()(double key, std::string_view id, double other_key, std::string_view other_id) const {
    if (key != other_key) {
      return key < other_key;
    }
    return reverse_ids ? id > other_id : id < other_id;
  }
  bool operator()(const row& a, const row& b) const { return (*this)(a.key, a.id(), b.key, b.id()); }
};

// The key's bits and the id, so that the page after continues at exactly this row.
std::string cursor_after(const row& last) {
  const auto text = fmt::format("{:016x}{}", std::bit_cast<std::uint64_t>(last.key), last.id());
  return base64url_encode(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

std::optional<host_position> parse_cursor(std::string_view cursor) {
  constexpr std::size_t digits = 16;
  constexpr std::size_t most = 128;
  if (cursor.size() > most) {
    return std::nullopt;
  }
  const auto bytes = base64url_decode(cursor);
  if (!bytes || bytes->size() <= digits) {
    return std::nullopt;
  }
  const std::string text(bytes->begin(), bytes->end());
  std::uint64_t bits = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + digits, bits, 16);
  const auto key = std::bit_cast<double>(bits);
  if (failed != std::errc{} || end != text.data() + digits || key != key ||
      !host_id::is_valid(text.substr(digits))) {
    return std::nullopt;
  }
  return host_position{key, text.substr(digits)};
}

result<std::vector<host_presence>> parse_states(std::string_view list) {
  std::vector<host_presence> states;
  while (!list.empty()) {
    const auto word = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), word.size() + 1));
    const auto presence = parse_presence(word);
    if (!presence) {
      return failure("state", "must be a list of unknown, online, sleeping, stopped, lost and silent");
    }
    states.push_back(*presence);
  }
  return states;
}

// Those that a cursor can stand for.
result<host_sort> parse_sort(std::string_view text) {
  auto sort = host_sort::parse(text);
  if (sort && (sort->by == host_order::system || sort->by == host_order::agent)) {
    return failure("sort", "must be an order by a number, by id or by state for a list in pages");
  }
  return sort;
}

result<std::size_t> parse_limit(std::string_view text) {
  std::size_t limit = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (failed != std::errc{} || end != text.data() + text.size() || limit < 1 ||
      limit > host_list_query::max_limit) {
    return failure("limit", fmt::format("must be a number from 1 to {}", host_list_query::max_limit));
  }
  return limit;
}

}  // namespace

result<host_list_query> host_list_query::parse(const query_parameters& parameters) {
  host_list_query query;
  if (const auto text = parameters.find("state")) {
    auto states = parse_states(*text);
    if (!states) {
      return tl::unexpected(states.error());
    }
    query.states = std::move(*states);
  }
  if (const auto text = parameters.find("q")) {
    if (text->size() > host_search::max_bytes) {
      return failure("q", fmt::format("must be at most {} bytes", host_search::max_bytes));
    }
    query.search = host_search(*text);
  }
  for (const auto tag : parameters.all("tag")) {
    query.tags.emplace_back(tag);
  }
  if (const auto text = parameters.find("sort")) {
    const auto sort = parse_sort(*text);
    if (!sort) {
      return tl::unexpected(sort.error());
    }
    query.sort = *sort;
  }
  if (const auto text = parameters.find("limit")) {
    const auto limit = parse_limit(*text);
    if (!limit) {
      return tl::unexpected(limit.error());
    }
    query.limit = *limit;
  }
  if (const auto text = parameters.find("cursor"); text && !text->empty()) {
    auto at = parse_cursor(*text);
    if (!at) {
      return failure("cursor", "must be the `next` of the page before, unchanged");
    }
    query.after = std::move(*at);
  }
  return query;
}

host_page list_hosts(const std::vector<const host_state*>& all, const host_list_query& query) {
  const row_order precedes{query.sort.by == host_order::id && query.sort.descending};
  std::vector<row> rows;
  for (const auto* host : all) {
    const double key = key_of(*host, query.sort).number;
    const row one{query.sort.descending ? -key : key, host};
    const bool follows = !query.after || precedes(query.after->key, query.after->id, one.key, one.id());
    if (follows && is_wanted(*host, query)) {
      rows.push_back(one);
    }
  }
  const auto size = std::min(rows.size(), query.limit);
  const auto end = rows.begin() + static_cast<std::ptrdiff_t>(size);
  std::partial_sort(rows.begin(), end, rows.end(), precedes);
  host_page page;
  for (auto one = rows.begin(); one != end; ++one) {
    page.hosts.push_back(one->host);
  }
  if (size < rows.size()) {
    page.next = cursor_after(rows[size - 1]);
  }
  return page;
}

}  // namespace atlas::web
