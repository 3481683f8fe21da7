// How the spool stays within its bounds.
#include "agent/spool.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace atlas::agent {

namespace {

using entry = spool_segment::entry;
constexpr auto no_number = std::numeric_limits<std::uint64_t>::max();

void copy(const entry& one, const spool_segment::record& found, spool_segment& out) {
  static_cast<void>(out.append(one.seq, found));  // memory takes it
  out.entries().back().is_waiting = one.is_waiting;
  out.entries().back().was_sent = one.was_sent;
}

// Drops every other sample over consecutive segments, and lets the one that follows say how many.
class thinner {
 public:
  // What is left of `from`, in memory; its very last sample when `keep_last` says so.
  spool_segment thinned(const spool_segment& from, bool keep_last) {
    auto out = *spool_segment::create({}, from.boot());
    for (const auto& one : from.entries()) {
      auto found = from.read(one);
      const auto begins = one.seq - (found ? found->skipped : 0);
      const bool last = keep_last && &one == &from.entries().back();
      drop_ = !drop_;
      if (!found || (drop_ && !last)) {
        given_up_from_ = std::min(given_up_from_, begins);
        ++dropped_;
        continue;
      }
      const auto skipped = one.seq - std::min(given_up_from_, begins);
      found->skipped = static_cast<std::uint32_t>(
          std::min<std::uint64_t>(skipped, std::numeric_limits<std::uint32_t>::max()));
      given_up_from_ = no_number;
      copy(one, *found, out);
    }
    // The next segment is not thinned, or of another boot.
    if (keep_last) given_up_from_ = no_number;
    return out;
  }

  std::uint64_t dropped() const { return dropped_; }

 private:
  bool drop_ = true;  // the first one stays
  std::uint64_t given_up_from_ = no_number;
  std::uint64_t dropped_ = 0;
};

// Takes up the next segment, when it is of the same boot and kind and both fit into one file.
bool merge(spool_segment& into, const spool_segment& next, std::size_t most) {
  const bool alike = into.boot() == next.boot() && into.is_in_memory() == next.is_in_memory();
  if (!alike || into.bytes() + next.bytes() > most) return false;
  auto both = *spool_segment::create({}, into.boot());
  for (const auto* part : std::initializer_list<const spool_segment*>{&into, &next}) {
    for (const auto& one : part->entries()) {
      if (const auto found = part->read(one)) copy(one, *found, both);
    }
  }
  return into.become(std::move(both)).has_value();
}

}  // namespace

bool spool::is_full(bool in_memory) const {
  std::size_t bytes = 0;
  for (const auto& segment : segments_) bytes += !in_memory || segment.is_in_memory() ? segment.bytes() : 0;
  if (in_memory) return bytes > limits_.memory_bytes;
  return bytes > limits_.bytes || size() > limits_.samples || segments_.size() > limits_.segments;
}

void spool::make_room() {
  for (const bool in_memory : {true, false}) {
    if (!is_full(in_memory)) continue;
    if (!std::exchange(said_full_, true)) {
      report("what could not be delivered fills its room: of the older samples every other one is given up");
    }
    thin(in_memory);
    while (is_full(in_memory)) drop_oldest(in_memory);
  }
}

// The segments, with about half of the samples, whose samples lie closest together for their age: so the
// steps of what is left grow with the age.
std::vector<std::size_t> spool::densest(bool in_memory) const {
  struct candidate {
    double density;  // samples by their age, both counted in numbers
    std::size_t index;
  };
  std::vector<candidate> all;
  std::size_t samples = 0;
  double age = 0;
  for (auto i = segments_.size(); i-- > 0;) {
    const auto& entries = segments_[i].entries();
    if (entries.empty()) continue;
    const auto span = static_cast<double>(entries.back().seq - entries.front().seq) + 1;
    const auto middle = age + span / 2;
    age += span;
    if (in_memory && !segments_[i].is_in_memory()) continue;
    all.push_back({static_cast<double>(entries.size()) / span * middle, i});
    samples += entries.size();
  }
  std::sort(all.begin(), all.end(),
            [](const candidate& a, const candidate& b) { return a.density > b.density; });
  std::vector<std::size_t> chosen;
  std::size_t seen = 0;
  for (std::size_t i = 0; i < all.size() && 2 * seen < samples; ++i) {
    chosen.push_back(all[i].index);
    seen += segments_[all[i].index].entries().size();
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

void spool::thin(bool in_memory) {
  const auto older = densest(in_memory);
  if (!older.empty() && older.back() + 1 == segments_.size()) active_ = false;
  thinner every_other;
  for (std::size_t i = 0; i < older.size(); ++i) {
    auto& segment = segments_[older[i]];
    const bool ends = i + 1 == older.size() || older[i + 1] != older[i] + 1 ||
                      segments_[older[i + 1]].boot() != segment.boot();
    // Where the disk has no room even for less, the oldest goes as a whole.
    if (!segment.become(every_other.thinned(segment, ends))) break;
  }
  dropped_ += every_other.dropped();
  for (std::size_t i = older.size(); i-- > 1;) {
    if (older[i] != older[i - 1] + 1 ||
        !merge(segments_[older[i - 1]], segments_[older[i]], limits_.segment_bytes))
      continue;
    segments_[older[i]].remove();
    segments_.erase(segments_.begin() + static_cast<std::ptrdiff_t>(older[i]));
  }
  forget_empty();
}

void spool::drop_oldest(bool in_memory) {
  const auto oldest = std::find_if(segments_.begin(), segments_.end(), [in_memory](const spool_segment& one) {
    return !in_memory || one.is_in_memory();
  });
  if (oldest + 1 == segments_.end()) active_ = false;
  dropped_ += oldest->entries().size();
  oldest->remove();
  segments_.erase(oldest);
}

}  // namespace atlas::agent
