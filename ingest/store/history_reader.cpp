#include "ingest/store/history_reader.hpp"

#include "ingest/store/block_codec.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace atlas::ingest::store {

namespace {

// Of times that a sample can have, with room to reckon with.
constexpr std::int64_t earliest = 0;
constexpr std::int64_t latest = 10'000'000'000'000;

tier coarser(tier level) { return level == tier::raw ? tier::minute : tier::hour; }

// The coarsest tier whose buckets are no longer than that.
tier coarsest_within(std::int64_t span) {
  return span >= bucket_span(tier::hour)     ? tier::hour
         : span >= bucket_span(tier::minute) ? tier::minute
                                             : tier::raw;
}

void append(const history_block& part, history_block& whole) {
  if (part.columns.empty()) {
    return;
  }
  const auto add = [](const auto& from, auto& to) { to.insert(to.end(), from.begin(), from.end()); };
  if (whole.columns.empty()) {
    whole.columns.push_back({part.columns.front().metric, {}, {}, {}, {}});
  }
  const auto& from = part.columns.front();
  auto& to = whole.columns.front();
  add(part.times, whole.times);
  add(part.counts, whole.counts);
  add(from.mean, to.mean);
  add(from.least, to.least);
  add(from.most, to.most);
  add(from.counts, to.counts);
}

void append_readings(const history_block& block, std::vector<history_reading>& out) {
  if (block.columns.empty()) {
    return;
  }
  const auto& column = block.columns.front();
  for (std::size_t row = 0; row < block.rows(); ++row) {
    const double mean = static_cast<double>(column.mean[row]);
    if (std::isnan(mean)) {
      continue;
    }
    if (block.level == tier::raw) {
      out.push_back({block.times[row], mean, mean, mean, 1});
    } else {
      out.push_back({block.times[row], static_cast<double>(column.least[row]), mean,
                     static_cast<double>(column.most[row]), column.counts[row]});
    }
  }
}

}  // namespace

history_reader::history_reader(history_database& db, host_shelf& hosts, const metric_dictionary& metrics)
    : db_(db), hosts_(hosts), metrics_(metrics) {}

result<std::vector<history_point>> history_reader::read(const history_query& query) {
  const auto* host = hosts_.find(query.host);
  const auto metric = metrics_.find(query.metric);
  const wanted what{host, metric.value_or(0), std::clamp(to_int(query.from), earliest, latest),
                    std::clamp(to_int(query.to), earliest, latest)};
  if (host == nullptr || !metric || query.points == 0 || what.from > what.to) {
    return std::vector<history_point>{};
  }
  std::vector<history_reading> readings;
  const auto tail = slice(host->tail.column(*metric), what.from, what.to + 1);
  if (auto gathered = gather(what, choose(what, query.points), tail, readings); !gathered) {
    return tl::unexpected(gathered.error());
  }
  return condense(readings, query.points);
}

// The finest tier whose readings fit as they are; else the coarsest one that has enough of them.
tier history_reader::choose(const wanted& what, std::size_t points) {
  const auto enough = coarsest_within((what.to - what.from) / static_cast<std::int64_t>(points));
  for (auto level = tier::raw; level != enough; level = coarser(level)) {
    if (estimate(what, level) <= points) {
      return level;
    }
  }
  return enough;
}

// How many readings gather() would give; a block at an end of the range counts for the part within.
std::size_t history_reader::estimate(const wanted& what, tier level) {
  const auto from = std::max(what.from, covered_from(what, level));
  double rows = 0;
  const auto span = block_span(level);
  db_.each_block_head(what.host->number, level, slot_of(from, level), slot_of(what.to, level),
                      [&](std::int64_t slot, byte_view head) {
                        const auto begin = std::max(from, slot * span);
                        const auto end = std::min(what.to + 1, (slot + 1) * span);
                        rows += static_cast<double>(count_rows(head).value_or(0)) *
                                static_cast<double>(end - begin) / static_cast<double>(span);
                      });
  auto older = what;
  older.to = from - 1;
  const auto in_tail = what.host->tail.count(from, what.to);
  return static_cast<std::size_t>(rows) + in_tail +
         (level == tier::hour || older.from > older.to ? 0 : estimate(older, coarser(level)));
}

// Where this tier begins; what is older is in a coarser tier only.
std::int64_t history_reader::covered_from(const wanted& what, tier level) {
  if (level == tier::hour) {
    return earliest;
  }
  if (const auto first = db_.first_slot(what.host->number, level)) {
    return *first * block_span(level);
  }
  const auto oldest = what.host->tail.oldest();
  return oldest ? slot_of(*oldest, level) * block_span(level) : latest;
}

result<void> history_reader::gather(const wanted& what, tier level, const history_block& tail,
                                    std::vector<history_reading>& out) {
  const auto from = std::clamp(covered_from(what, level), what.from, what.to + 1);
  if (from > what.from) {
    auto older = what;
    older.to = from - 1;
    if (auto gathered = gather(older, coarser(level), tail, out); !gathered) {
      return gathered;
    }
  }
  history_block stored;
  stored.level = level;
  std::optional<error> problem;
  const auto first = slot_of(from, level);
  const auto last = slot_of(what.to, level);
  db_.each_block(what.host->number, level, first, last, [&](std::int64_t, byte_view content) {
    auto block = decode_column(content, what.metric);
    if (!block) {
      problem = block.error();
    } else {
      append(slice(*block, from, what.to + 1), stored);
    }
  });
  if (problem) {
    return tl::unexpected(*problem);
  }
  const auto recent = slice(tail, from, what.to + 1);
  append_readings(merge(stored, level == tier::raw ? recent : roll_up(recent, level)), out);
  return {};
}

}  // namespace atlas::ingest::store
