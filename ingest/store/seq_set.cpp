#include "ingest/store/seq_set.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

namespace atlas::ingest::store {

namespace {

constexpr auto highest_number = std::numeric_limits<std::uint64_t>::max();

}  // namespace

bool seq_set::contains(std::uint64_t seq) const {
  const auto after =
      std::upper_bound(ranges_.begin(), ranges_.end(), seq,
                       [](std::uint64_t value, const seq_range& each) { return value < each.from; });
  return after != ranges_.begin() && seq <= std::prev(after)->to;
}

bool seq_set::insert(std::uint64_t seq) {
  if (!ranges_.empty() && ranges_.back().to != highest_number && seq == ranges_.back().to + 1) {
    ranges_.back().to = seq;
    return true;
  }
  if (contains(seq)) {
    return false;
  }
  insert_range({seq, seq});
  return true;
}

// Joins what it touches.
void seq_set::insert_range(seq_range added) {
  const auto touches = [&](const seq_range& each) {
    return (added.to == highest_number || each.from <= added.to + 1) &&
           (each.to == highest_number || added.from <= each.to + 1);
  };
  auto begin = std::lower_bound(ranges_.begin(), ranges_.end(), added.from,
                                [](const seq_range& each, std::uint64_t value) { return each.to < value; });
  if (begin != ranges_.begin() && touches(*std::prev(begin))) {
    --begin;
  }
  auto end = begin;
  for (; end != ranges_.end() && touches(*end); ++end) {
    added.from = std::min(added.from, end->from);
    added.to = std::max(added.to, end->to);
  }
  if (begin != end) {
    *begin = added;
    ranges_.erase(std::next(begin), end);
    return;
  }
  ranges_.insert(begin, added);
  if (ranges_.size() > most_ranges) {
    ranges_[1].from = ranges_[0].from;
    ranges_.erase(ranges_.begin());
  }
}

void seq_set::add(const seq_set& other) {
  for (const auto& each : other.ranges_) {
    insert_range(each);
  }
}

std::vector<seq_range> seq_set::missing(std::size_t most, std::size_t turn) const {
  std::vector<seq_range> gaps;
  std::uint64_t next = 0;
  for (const auto& each : ranges_) {
    if (each.from > next) {
      gaps.push_back({next, each.from - 1});
    }
    next = each.to + 1;
  }
  if (gaps.size() <= most) {
    return gaps;
  }
  const auto exact = std::max<std::size_t>(most, 3) - 2;
  const auto turns = (gaps.size() + exact - 1) / exact;
  const auto begin = turn % turns * exact;
  const auto end = std::min(begin + exact, gaps.size());
  std::vector<seq_range> told;
  if (begin > 0) {
    told.push_back({gaps.front().from, gaps[begin - 1].to});
  }
  told.insert(told.end(), gaps.begin() + static_cast<std::ptrdiff_t>(begin),
              gaps.begin() + static_cast<std::ptrdiff_t>(end));
  if (end < gaps.size()) {
    told.push_back({gaps[end].from, gaps.back().to});
  }
  return told;
}

void seq_set::write(byte_writer& out) const {
  out.number(ranges_.size());
  std::uint64_t before = 0;
  for (const auto& each : ranges_) {
    out.number(each.from - before);
    out.number(each.to - each.from);
    before = each.to;
  }
}

seq_set seq_set::read(byte_reader& in) {
  seq_set made;
  const auto count = in.count(most_ranges);
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    const auto step = in.number();
    const auto length = in.number();
    const auto from = before + step;
    if (from < before || from + length < from || (i > 0 && step < 2)) {
      in.fail();
      break;
    }
    before = from + length;
    made.ranges_.push_back({from, before});
  }
  return in.ok() ? made : seq_set{};
}

}  // namespace atlas::ingest::store
