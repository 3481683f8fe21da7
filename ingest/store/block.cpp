#include "ingest/store/block.hpp"

#include <algorithm>
#include <cmath>

namespace atlas::ingest::store {

namespace {

// Where the rows of the result come from: each is made of the source rows in [begin, end) of `order`, whose
// entries name a row of the first block or, counted on, of the second.
struct row_plan {
  std::vector<std::size_t> order;
  std::vector<std::size_t> ends;  // of each row of the result, in `order`
};

std::int64_t bucket_of(std::int64_t time, std::int64_t span) {
  return (time >= 0 ? time : time - span + 1) / span;
}

row_plan plan(const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b, std::int64_t span) {
  row_plan made;
  made.order.resize(a.size() + b.size());
  std::size_t next_a = 0;
  std::size_t next_b = 0;
  for (auto& source : made.order) {
    const bool first = next_b == b.size() || (next_a < a.size() && a[next_a] <= b[next_b]);
    source = first ? next_a++ : a.size() + next_b++;
  }
  const auto time = [&](std::size_t source) { return source < a.size() ? a[source] : b[source - a.size()]; };
  for (std::size_t i = 0; i < made.order.size(); ++i) {
    const bool goes_on =
        i > 0 && span > 0 && bucket_of(time(made.order[i]), span) == bucket_of(time(made.order[i - 1]), span);
    if (goes_on) {
      made.ends.back() = i + 1;
    } else {
      made.ends.push_back(i + 1);
    }
  }
  return made;
}

// A column seen as one of buckets, whichever level it has; absent when there is no such column.
class column_view {
 public:
  column_view(const block_column* column, std::size_t rows) : column_(column), rows_(rows) {}
  std::size_t rows() const { return rows_; }
  bool has(std::size_t row) const { return column_ != nullptr && !std::isnan(column_->mean[row]); }
  float mean(std::size_t row) const { return column_ == nullptr ? no_value : column_->mean[row]; }
  float least(std::size_t row) const {
    return column_->least.empty() ? column_->mean[row] : column_->least[row];
  }
  float most(std::size_t row) const {
    return column_->most.empty() ? column_->mean[row] : column_->most[row];
  }
  std::uint32_t count(std::size_t row) const { return column_->counts.empty() ? 1 : column_->counts[row]; }

 private:
  const block_column* column_;
  std::size_t rows_;
};

class bucket {
 public:
  void add(const column_view& from, std::size_t row) {
    if (!from.has(row)) {
      return;
    }
    const auto count = from.count(row);
    if (count_ == 0) {
      least_ = from.least(row);
      most_ = from.most(row);
      only_ = from.mean(row);
    }
    least_ = std::min(least_, from.least(row));
    most_ = std::max(most_, from.most(row));
    sum_ += static_cast<double>(from.mean(row)) * count;
    count_ += count;
    ++parts_;
  }
  void put(block_column& out) const {
    out.mean.push_back(count_ == 0   ? no_value
                       : parts_ == 1 ? only_
                                     : static_cast<float>(sum_ / static_cast<double>(count_)));
    out.least.push_back(count_ == 0 ? no_value : least_);
    out.most.push_back(count_ == 0 ? no_value : most_);
    out.counts.push_back(static_cast<std::uint32_t>(
        std::min<std::uint64_t>(count_, std::numeric_limits<std::uint32_t>::max())));
  }

 private:
  float least_ = 0;
  float most_ = 0;
  float only_ = 0;
  double sum_ = 0;
  std::uint64_t count_ = 0;
  unsigned parts_ = 0;
};

block_column combine(std::uint32_t metric, const row_plan& rows, const column_view& a, const column_view& b,
                     bool raw) {
  block_column out;
  out.metric = metric;
  out.mean.reserve(rows.ends.size());
  std::size_t i = 0;
  for (const auto end : rows.ends) {
    if (raw) {
      const auto source = rows.order[i++];
      out.mean.push_back(source < a.rows() ? a.mean(source) : b.mean(source - a.rows()));
      continue;
    }
    bucket sum;
    for (; i < end; ++i) {
      const auto source = rows.order[i];
      if (source < a.rows()) {
        sum.add(a, source);
      } else {
        sum.add(b, source - a.rows());
      }
    }
    sum.put(out);
  }
  return out;
}

void combine_times(const row_plan& rows, const history_block& a, const history_block& b, history_block& out) {
  std::size_t i = 0;
  const auto source_of = [&](std::size_t source) {
    return source < a.rows() ? std::pair(&a, source) : std::pair(&b, source - a.rows());
  };
  for (const auto end : rows.ends) {
    const auto [begin, begin_row] = source_of(rows.order[i]);
    const auto base = begin->times[begin_row];
    std::int64_t sum = 0;
    std::uint64_t count = 0;
    for (; i < end; ++i) {
      const auto [block, row] = source_of(rows.order[i]);
      const std::uint64_t weight = block->counts.empty() ? 1 : block->counts[row];
      sum += (block->times[row] - base) * static_cast<std::int64_t>(weight);
      count += weight;
    }
    out.times.push_back(base + sum / static_cast<std::int64_t>(std::max<std::uint64_t>(count, 1)));
    if (out.level != tier::raw) {
      out.counts.push_back(static_cast<std::uint32_t>(
          std::min<std::uint64_t>(count, std::numeric_limits<std::uint32_t>::max())));
    }
  }
}

history_block combine(const history_block& a, const history_block& b, tier level) {
  history_block out;
  out.level = level;
  const auto rows = plan(a.times, b.times, bucket_span(level));
  combine_times(rows, a, b, out);
  auto next_a = a.columns.begin();
  auto next_b = b.columns.begin();
  while (next_a != a.columns.end() || next_b != b.columns.end()) {
    const auto metric = std::min(next_a == a.columns.end() ? next_b->metric : next_a->metric,
                                 next_b == b.columns.end() ? next_a->metric : next_b->metric);
    const bool in_a = next_a != a.columns.end() && next_a->metric == metric;
    const bool in_b = next_b != b.columns.end() && next_b->metric == metric;
    const column_view from_a(in_a ? &*next_a : nullptr, a.rows());
    const column_view from_b(in_b ? &*next_b : nullptr, b.rows());
    out.columns.push_back(combine(metric, rows, from_a, from_b, level == tier::raw));
    next_a += in_a ? 1 : 0;
    next_b += in_b ? 1 : 0;
  }
  return out;
}

template <class Value>
std::vector<Value> part(const std::vector<Value>& whole, std::size_t begin, std::size_t end) {
  if (whole.empty()) {
    return {};
  }
  return {whole.begin() + static_cast<std::ptrdiff_t>(begin),
          whole.begin() + static_cast<std::ptrdiff_t>(end)};
}

}  // namespace

history_block slice(const history_block& whole, std::int64_t from, std::int64_t to) {
  const auto begin = static_cast<std::size_t>(std::lower_bound(whole.times.begin(), whole.times.end(), from) -
                                              whole.times.begin());
  const auto end =
      std::max(begin, static_cast<std::size_t>(std::lower_bound(whole.times.begin(), whole.times.end(), to) -
                                               whole.times.begin()));
  history_block out;
  out.level = whole.level;
  out.times = part(whole.times, begin, end);
  out.counts = part(whole.counts, begin, end);
  for (const auto& each : whole.columns) {
    block_column column{each.metric, part(each.mean, begin, end), part(each.least, begin, end),
                        part(each.most, begin, end), part(each.counts, begin, end)};
    if (std::any_of(column.mean.begin(), column.mean.end(), [](float value) { return !std::isnan(value); })) {
      out.columns.push_back(std::move(column));
    }
  }
  return out;
}

history_block merge(const history_block& a, const history_block& b) { return combine(a, b, a.level); }

history_block roll_up(const history_block& raw, tier level) { return combine(raw, {}, level); }

}  // namespace atlas::ingest::store
