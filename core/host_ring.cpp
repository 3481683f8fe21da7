#include "core/host_ring.hpp"

#include "core/condense.hpp"

#include <algorithm>
#include <cmath>

namespace atlas {

namespace {

constexpr std::size_t first_rows = 16;

}  // namespace

host_ring::host_ring(std::size_t capacity, std::size_t max_metrics)
    : capacity_(capacity), max_metrics_(max_metrics) {}

void host_ring::append(const sample& value) {
  if (columns_.empty() || !shape_.matches(value)) {
    adopt_shape(value);
  }
  const auto row = next_row(to_int(value.ts));
  auto* const cells = cells_.data() + row * names_.size();
  if (columns_.size() != names_.size()) {
    std::fill_n(cells, names_.size(), absent);
  }
  const auto* column = columns_.data();
  for_each_metric_value(value, [&](double number) {
    if (*column != not_kept) {
      cells[*column] = static_cast<float>(number);
    }
    ++column;
  });
}

// The row to write a sample of this time into.
std::size_t host_ring::next_row(std::int64_t ts) {
  if (ts <= newest_ts_) {
    const auto same = std::find(times_.begin(), times_.end(), ts);
    if (same != times_.end()) {
      return static_cast<std::size_t>(same - times_.begin());
    }
  }
  newest_ts_ = std::max(newest_ts_, ts);
  if (times_.size() < capacity_) {
    if (times_.size() == times_.capacity()) {
      const auto rows = std::min(capacity_, std::max(first_rows, times_.size() * 2));
      times_.reserve(rows);
      cells_.reserve(rows * names_.size());
    }
    times_.push_back(ts);
    cells_.resize(times_.size() * names_.size(), absent);
    return times_.size() - 1;
  }
  const auto row = oldest_;
  times_[row] = ts;
  oldest_ = (oldest_ + 1) % capacity_;
  return row;
}

void host_ring::adopt_shape(const sample& value) {
  const auto wanted = metric_names(value);
  const bool is_known = std::all_of(wanted.begin(), wanted.end(),
                                    [&](const std::string& name) { return column_of_.contains(name); });
  if (!is_known) {
    lay_out(wanted);
  }
  columns_.clear();
  for (const auto& name : wanted) {
    const auto found = column_of_.find(name);
    columns_.push_back(found == column_of_.end() ? not_kept : found->second);
  }
  shape_ = sample_shape(value);
}

// Gives every wanted metric a column, then the others that still have values, up to max_metrics.
void host_ring::lay_out(const std::vector<std::string>& wanted) {
  std::vector<std::string> names;
  std::unordered_map<std::string, std::size_t> column_of;
  const auto add = [&](const std::string& name) {
    if (names.size() < max_metrics_ && column_of.emplace(name, names.size()).second) {
      names.push_back(name);
    }
  };
  std::for_each(wanted.begin(), wanted.end(), add);
  for (std::size_t column = 0; column < names_.size(); ++column) {
    if (!column_of.contains(names_[column]) && has_values(column)) {
      add(names_[column]);
    }
  }

  std::vector<std::size_t> sources;
  for (const auto& name : names) {
    const auto before = column_of_.find(name);
    sources.push_back(before == column_of_.end() ? not_kept : before->second);
  }
  std::vector<float> cells;
  cells.reserve(times_.capacity() * names.size());
  for (std::size_t row = 0; row < times_.size(); ++row) {
    for (const auto source : sources) {
      cells.push_back(source == not_kept ? absent : cells_[row * names_.size() + source]);
    }
  }
  cells_ = std::move(cells);
  names_ = std::move(names);
  column_of_ = std::move(column_of);
}

bool host_ring::has_values(std::size_t column) const {
  for (std::size_t cell = column; cell < cells_.size(); cell += names_.size()) {
    if (!std::isnan(cells_[cell])) {
      return true;
    }
  }
  return false;
}

std::vector<std::string> host_ring::metrics() const {
  std::vector<std::string> names;
  for (std::size_t column = 0; column < names_.size(); ++column) {
    if (has_values(column)) {
      names.push_back(names_[column]);
    }
  }
  return names;
}

std::vector<history_reading> host_ring::readings(const history_query& query) const {
  std::vector<history_reading> found;
  const auto column = column_of_.find(query.metric);
  if (column == column_of_.end()) {
    return found;
  }
  for (std::size_t i = 0; i < times_.size(); ++i) {
    const auto row = (oldest_ + i) % times_.size();
    const auto cell = cells_[row * names_.size() + column->second];
    if (times_[row] >= to_int(query.from) && times_[row] <= to_int(query.to) && !std::isnan(cell)) {
      const auto value = static_cast<double>(cell);
      found.push_back({times_[row], value, value, value});
    }
  }
  const auto by_time = [](const history_reading& a, const history_reading& b) { return a.ts < b.ts; };
  if (!std::is_sorted(found.begin(), found.end(), by_time)) {
    std::sort(found.begin(), found.end(), by_time);
  }
  return found;
}

std::vector<history_point> host_ring::query(const history_query& query) const {
  return condense(readings(query), query.points);
}

}  // namespace atlas
