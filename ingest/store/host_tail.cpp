#include "ingest/store/host_tail.hpp"

#include <algorithm>
#include <numeric>

namespace atlas::ingest::store {

void host_tail::add(std::int64_t ts, const std::shared_ptr<const metric_list>& metrics,
                    std::span<const float> values) {
  if (lists_.empty() || lists_.back() != metrics) {
    lists_.push_back(metrics);
  }
  rows_.push_back({ts, lists_.size() - 1, values_.size()});
  values_.insert(values_.end(), values.begin(), values.end());
  newest_ = std::max(newest_, ts);
}

void host_tail::clear() { *this = {}; }

std::size_t host_tail::memory() const { return rows_.size() * sizeof(row) + values_.size() * sizeof(float); }

bool host_tail::has(std::int64_t ts) const {
  return ts <= newest_ &&
         std::any_of(rows_.rbegin(), rows_.rend(), [ts](const row& each) { return each.ts == ts; });
}

std::optional<std::int64_t> host_tail::oldest() const {
  const auto found =
      std::min_element(rows_.begin(), rows_.end(), [](const row& a, const row& b) { return a.ts < b.ts; });
  return found == rows_.end() ? std::nullopt : std::optional(found->ts);
}

std::size_t host_tail::count(std::int64_t from, std::int64_t to) const {
  return static_cast<std::size_t>(std::count_if(
      rows_.begin(), rows_.end(), [&](const row& each) { return each.ts >= from && each.ts <= to; }));
}

std::vector<std::size_t> host_tail::in_order() const {
  std::vector<std::size_t> order(rows_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto earlier = [this](std::size_t a, std::size_t b) { return rows_[a].ts < rows_[b].ts; };
  if (!std::is_sorted(order.begin(), order.end(), earlier)) {
    std::stable_sort(order.begin(), order.end(), earlier);
  }
  return order;
}

history_block host_tail::block() const {
  history_block made;
  std::vector<std::uint32_t> metrics;
  for (const auto& list : lists_) {
    metrics.insert(metrics.end(), list->begin(), list->end());
  }
  std::sort(metrics.begin(), metrics.end());
  metrics.erase(std::unique(metrics.begin(), metrics.end()), metrics.end());
  for (const auto metric : metrics) {
    made.columns.push_back({metric, std::vector<float>(rows_.size(), no_value), {}, {}, {}});
  }
  // Where each value of a list's samples goes.
  std::vector<std::vector<std::size_t>> places;
  for (const auto& list : lists_) {
    auto& place = places.emplace_back();
    for (const auto metric : *list) {
      place.push_back(static_cast<std::size_t>(std::lower_bound(metrics.begin(), metrics.end(), metric) -
                                               metrics.begin()));
    }
  }
  std::size_t out = 0;
  for (const auto index : in_order()) {
    const auto& each = rows_[index];
    made.times.push_back(each.ts);
    const auto& place = places[each.list];
    for (std::size_t i = 0; i < place.size(); ++i) {
      made.columns[place[i]].mean[out] = values_[each.first_value + i];
    }
    ++out;
  }
  return made;
}

history_block host_tail::column(std::uint32_t metric) const {
  history_block made;
  made.columns.push_back({metric, {}, {}, {}, {}});
  std::vector<std::size_t> places;
  for (const auto& list : lists_) {
    places.push_back(static_cast<std::size_t>(std::find(list->begin(), list->end(), metric) - list->begin()));
  }
  for (const auto index : in_order()) {
    const auto& each = rows_[index];
    if (places[each.list] < lists_[each.list]->size()) {
      made.times.push_back(each.ts);
      made.columns.front().mean.push_back(values_[each.first_value + places[each.list]]);
    }
  }
  return made;
}

}  // namespace atlas::ingest::store
